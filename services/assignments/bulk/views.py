"""The HTTP interface of imports, templates and exports."""

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from flask import Response, current_app, request
from flask.views import MethodView

from services.assignments.audit.actor import origin
from services.assignments.audit.rules import actor_of
from services.assignments.bulk import queries
from services.assignments.bulk.actions import request_import
from services.assignments.bulk.catalogue import KINDS
from services.assignments.bulk.exporting import export
from services.assignments.bulk.model import Import
from services.assignments.bulk.schemas import (
    FAULT_EXAMPLE,
    IMPORT_EXAMPLE,
    ExportArgs,
    FaultOutput,
    ImportFilters,
    ImportForm,
    ImportOutput,
    TemplateArgs,
)
from services.assignments.sheets.reading import MAX_FILE
from services.assignments.sheets.writing import TYPES, template
from services.assignments.units.queries import unit_on
from shared import clock, trace
from shared.errors import NotFound
from shared.web.auth import principal, requires
from shared.web.documented import may_be_missing
from shared.web.input import Blueprint, takes
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import ServiceApp, session

blueprint = Blueprint("bulk", __name__, description="Sheets in and out: templates, imports as jobs, exports")

_FORM = 64 * 1024  # bytes of the form around the file
_ACCEPTED = {"Location": {"description": "Where to ask how far it has come", "schema": {"type": "string"}}}
_SHEET = {"schema": {"type": "string", "format": "binary"}}


@blueprint.route("/imports")
class Imports(MethodView):
    """The imports that this client may see."""

    @requires("assignments:write")
    @takes(MAX_FILE + _FORM)
    @blueprint.arguments(ImportForm, location="files")
    @blueprint.response(
        202, ImportOutput, example=IMPORT_EXAMPLE | {"state": "waiting", "phase": None}, headers=_ACCEPTED
    )
    def post(self, given: dict[str, Any]) -> tuple[Import, int, dict[str, str]]:
        """Have a sheet imported: all of it, or nothing and every fault. Ask at Location how far it has come."""
        file = given["file"]
        content = file.read(MAX_FILE + 1)
        agent, trail = request.headers.get("User-Agent", ""), trace.current().correlation_id
        actor = actor_of(principal(), origin(), agent, trail)
        kind, dry_run = given["kind"], given["dry_run"]
        asked = request_import(session(), principal(), actor, kind, content, file.filename or "", dry_run)
        return asked, 202, {"Location": f"{request.path}/{asked.id}"}

    @requires("assignments:write")
    @blueprint.arguments(ImportFilters, location="query")
    @blueprint.response(200, page_of(ImportOutput), example={"items": [IMPORT_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List imports, newest first."""
        return queries.page(session(), filters, principal())


@blueprint.route("/imports/<uuid:import_id>")
class OneImport(MethodView):
    """One import."""

    @requires("assignments:write")
    @blueprint.response(200, ImportOutput, example=IMPORT_EXAMPLE)
    @may_be_missing()
    def get(self, import_id: UUID) -> Import:
        """Read how far an import has come, and what came of it."""
        return queries.one(session(), import_id, principal())


@blueprint.route("/imports/<uuid:import_id>/faults")
class ImportFaults(MethodView):
    """The faults of one import."""

    @requires("assignments:write")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(200, page_of(FaultOutput), example={"items": [FAULT_EXAMPLE], "next_cursor": None})
    @may_be_missing()
    def get(self, paging: dict[str, Any], import_id: UUID) -> dict[str, Any]:
        """List the faults of a refused import, in the order of the sheet."""
        return queries.faults(session(), queries.one(session(), import_id, principal()).id, paging)


@blueprint.route("/templates/<string:sheet_kind>")
class Template(MethodView):
    """An empty sheet."""

    @requires("assignments:read")
    @blueprint.arguments(TemplateArgs, location="query")
    @blueprint.doc(
        responses={"200": {"description": "The sheet", "content": {each: _SHEET for each in TYPES.values()}}}
    )
    @may_be_missing()
    def get(self, args: dict[str, Any], sheet_kind: str) -> Response:
        """Download a sheet to fill in: headings, an example, and in an XLSX a page of hints."""
        kind = _kind(sheet_kind)
        return _sent(template(args["format"], kind.columns), f"{kind.code}-mau", args["format"])


@blueprint.route("/exports/<string:sheet_kind>")
class Export(MethodView):
    """What is recorded, as a sheet."""

    @requires("assignments:read")
    @blueprint.arguments(ExportArgs, location="query")
    @blueprint.doc(
        responses={"200": {"description": "The sheet", "content": {each: _SHEET for each in TYPES.values()}}}
    )
    @may_be_missing()
    def get(self, args: dict[str, Any], sheet_kind: str) -> Response:
        """Download what is recorded in the territory and has not ended; an import of it changes nothing. Contact
        details only with assignments:write."""
        kind = _kind(sheet_kind)
        path = _path(args["unit"])
        sessions = cast(ServiceApp, current_app).sessions
        pieces = export(sessions, principal(), kind, path, args["format"])
        return _sent(pieces, f"{kind.code}-{clock.today():%Y-%m-%d}", args["format"])


def _kind(code: str) -> Any:
    if code not in KINDS:
        raise NotFound("There is no such kind of sheet; these are: " + ", ".join(KINDS) + ".")
    return KINDS[code]


def _path(unit: str | UUID | None) -> str | None:
    """The path of a unit that the territory holds, or that holds some of it; raises BadInput, NotFound."""
    if unit is None:
        return None
    path = unit_on(session(), unit, clock.today(), "unit").path
    if not any(path.startswith(each) or each.startswith(path) for each in principal().territories):
        raise NotFound(field="unit")
    return path


def _sent(pieces: Iterator[bytes], name: str, format_: str) -> Response:
    answer = Response(pieces, mimetype=TYPES[format_])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{format_}")
    return answer
