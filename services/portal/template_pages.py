"""Wording messages: what may be worded, an editor with a preview, earlier versions. All work without JavaScript."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from services.portal.account_pages import guarded
from services.portal.client import Answer
from services.portal.errors import error_page
from services.portal.pages import page
from services.portal.visitor import call

blueprint = Blueprint("templates", __name__)

Page = Any  # a Response of Flask or of Werkzeug
_LARGEST = 400_000  # bytes of a form
# The preview stands in a frame of the editor, and a mail brings its styles along. Nothing in it is loaded or run.
_EDITOR = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_PREVIEW = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; frame-src 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


@blueprint.before_request
def take_more() -> None:
    """Words are longer than what other forms send."""
    request.max_content_length = request.max_form_memory_size = _LARGEST


@blueprint.get("/mau-thu")
@guarded
def templates() -> Page:
    """What may be worded, and whose words are in use."""
    answer = _api("GET", "/templates")
    if answer.status != 200:
        return _refused(answer)
    return page("templates.html", items=answer.body["items"])


@blueprint.route("/mau-thu/<event>/<channel>/<language>", methods=["GET", "POST"])
@guarded
def template(event: str, channel: str, language: str) -> Page:
    """The editor of one of them."""
    path = f"/templates/{event}/{channel}/{language}"
    fault, sent = None, None
    if request.method == "POST":
        sent = _sent_fields()
        answer = _api("PUT", path, {"fields": sent, "note": request.form.get("note") or None}, _version())
        if answer.status == 200:
            return _to(event, channel, language, da_luu=1)
        if answer.status not in (412, 422):
            return _refused(answer)
        fault = _fault(answer)
    found, versions = _api("GET", path), _api("GET", f"{path}/versions")
    if found.status != 200:
        return _refused(found)
    shown = page(
        "template.html",
        422 if fault else 200,
        it=found.body,
        sent=sent or {},
        fault=fault,
        versions=versions.body.get("items", []),
        saved="da_luu" in request.args,
    )
    shown.headers["Content-Security-Policy"] = _EDITOR
    return shown


@blueprint.post("/mau-thu/<event>/<channel>/<language>/xem-thu")
@guarded
def preview(event: str, channel: str, language: str) -> Page:
    """What a reader would see; stands in the frame beside the editor."""
    given = {"fields": _sent_fields(), "sample": request.form.get("sample", "full")}
    answer = _api("POST", f"/templates/{event}/{channel}/{language}/previews", given)
    if answer.status not in (200, 422):
        return _refused(answer)
    fault = _fault(answer) if answer.status == 422 else None
    shown = page("template_preview.html", answer.status, mail=answer.body, fault=fault)
    shown.headers["Content-Security-Policy"] = _PREVIEW
    shown.headers["X-Frame-Options"] = "SAMEORIGIN"
    return shown


@blueprint.post("/mau-thu/<event>/<channel>/<language>/dung-lai")
@guarded
def restore(event: str, channel: str, language: str) -> Page:
    """Use an earlier version again."""
    number = request.form.get("number", "")
    if not number.isascii() or not number.isdecimal():
        return error_page(404, "not_found")
    path = f"/templates/{event}/{channel}/{language}/restorations"
    answer = _api("POST", path, {"version": int(number)}, _version())
    if answer.status == 201:
        return _to(event, channel, language, da_luu=1)
    return _refused(answer)


def _api(method: str, path: str, json: Any = None, version: int | None = None) -> Answer:
    return call(method, path, json, service="notifications", version=version)


def _sent_fields() -> dict[str, str]:
    """As a form sends text: each line ended by two letters, of which one is meant."""
    names = ("subject", "text", "html", "person_text", "person_html")
    return {name: request.form[name].replace("\r\n", "\n") for name in names if name in request.form}


def _version() -> int:
    version = request.form.get("version", "")
    return int(version) if version.isascii() and version.isdecimal() else 0


def _fault(answer: Answer) -> dict[str, str]:
    """What is wrong: {"field", "code", "detail"}."""
    if answer.status == 412:
        return {"field": "", "code": "stale", "detail": ""}
    field, messages = next(iter((answer.body.get("errors") or {}).items()), ("", []))
    about = answer.body.get("fault") or {"code": "other", "detail": str(messages)}
    return {"field": str(field).removeprefix("fields."), **about}


def _to(event: str, channel: str, language: str, **values: Any) -> Page:
    where = url_for("templates.template", event=event, channel=channel, language=language, **values)
    return redirect(where, 303)


def _refused(answer: Answer) -> Page:
    names = {403: "not_allowed", 404: "not_found", 412: "changed_meanwhile"}
    if answer.status in names:
        return error_page(answer.status, names[answer.status])
    return error_page(503, "unavailable", {"Retry-After": "30"})
