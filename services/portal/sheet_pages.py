"""Sheets in and out: download, fill in, have them looked through and applied. All work without JavaScript."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, redirect, request, url_for

from services.portal.account_pages import guarded
from services.portal.errors import error_page
from services.portal.pages import page
from services.portal.visitor import call, download, upload

blueprint = Blueprint("sheets", __name__)

Page = Any  # a Response of Flask or of Werkzeug
KINDS = ("posts", "officials", "hamlets", "clusters", "assignments")  # in the order in which they are filled in
_MAX_FILE = 10 * 2**20  # bytes: what the service takes
_FORM = 64 * 1024  # bytes of the form around the file
_FAULTS = 100  # a page
_RUNNING = ("waiting", "running")


@blueprint.before_request
def take_more() -> None:
    """A sheet is larger than other forms."""
    request.max_content_length = _MAX_FILE + _FORM


@blueprint.get("/bang-tinh")
@guarded
def sheets() -> Page:
    """What can be brought in and taken out, and the imports so far."""
    imports = call("GET", "/imports?limit=20")
    if imports.status == 403:
        return error_page(403, "not_allowed")
    if imports.status != 200:
        return error_page(503, "unavailable", {"Retry-After": "30"})
    return page("sheets.html", kinds=KINDS, imports=imports.body["items"], fault=request.args.get("loi"))


@blueprint.post("/bang-tinh")
@guarded
def bring_in() -> Page:
    """Have a sheet looked through, or applied."""
    file, kind = request.files.get("file"), request.form.get("kind", "")
    if file is None or not file.filename or kind not in KINDS:
        return redirect(url_for("sheets.sheets", loi="no_file"), 303)
    form = {"kind": kind, "dry_run": "true" if request.form.get("dry_run") else "false"}
    answer = upload("/imports", form, file.filename, file.read(_MAX_FILE + 1))
    if answer.status == 202:
        return redirect(url_for("sheets.one", import_id=answer.body["id"]), 303)
    if answer.status == 403:
        return error_page(403, "not_allowed")
    return redirect(url_for("sheets.sheets", loi="file_too_large" if answer.status == 413 else "no_sheet"), 303)


@blueprint.get("/bang-tinh/<uuid:import_id>")
@guarded
def one(import_id: Any) -> Page:
    """How far an import has come; the page looks again by itself until it is over."""
    answer = call("GET", f"/imports/{import_id}")
    if answer.status != 200:
        return error_page(404, "not_found")
    faults: dict[str, Any] = {"items": [], "next_cursor": None}
    if answer.body["fault_count"]:
        cursor = {"cursor": request.args["cursor"]} if "cursor" in request.args else {}
        found = call("GET", f"/imports/{import_id}/faults?{urlencode({'limit': _FAULTS} | cursor)}")
        if found.status != 200:
            return error_page(404, "not_found")
        faults = found.body
    shown = page("sheet.html", it=answer.body, faults=faults)
    if answer.body["state"] in _RUNNING:
        shown.headers["Refresh"] = "2"
    return shown


@blueprint.get("/bang-tinh/mau/<kind>")
@guarded
def empty(kind: str) -> Page:
    """An empty sheet to fill in."""
    return _file(f"/templates/{quote(kind, safe='')}?format=xlsx")


@blueprint.get("/bang-tinh/xuat/<kind>")
@guarded
def taken_out(kind: str) -> Page:
    """What is recorded."""
    return _file(f"/exports/{quote(kind, safe='')}?format=xlsx")


def _file(path: str) -> Page:
    found = download(path)
    if found.status != 200:
        return error_page(
            403 if found.status == 403 else 404, "not_allowed" if found.status == 403 else "not_found"
        )
    return Response(found.pieces, mimetype=found.kind, headers={"Content-Disposition": found.disposition})
