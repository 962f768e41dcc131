"""The HTTP interface of the audit log."""

from collections.abc import Iterator
from typing import Any

import orjson
from flask import Response, current_app
from flask.views import MethodView

from services.assignments.audit import queries
from services.assignments.audit.schemas import (
    ENTRY_EXAMPLE,
    HEAD_EXAMPLE,
    AuditEntryOutput,
    AuditExport,
    AuditFilters,
    AuditHeadOutput,
)
from shared.web.auth import Principal, principal, requires
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import ServiceApp, session

blueprint = Blueprint("audit", __name__, description="Who changed what, when and from where; never changed itself")


@blueprint.route("/audit-log")
class AuditLog(MethodView):
    """The audit log."""

    @requires("assignments:audit")
    @blueprint.arguments(AuditFilters, location="query")
    @blueprint.response(200, page_of(AuditEntryOutput), example={"items": [ENTRY_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List what was changed, newest first. What belongs to no place is for those whose territory is all."""
        return queries.page(session(), filters, principal())


@blueprint.route("/audit-log/export")
class AuditLogExport(MethodView):
    """The audit log as a file."""

    @requires("assignments:audit")
    @blueprint.arguments(AuditExport, location="query")
    @blueprint.response(
        200, {"type": "string"}, content_type="application/x-ndjson", description="One entry a line, oldest first"
    )
    def get(self, filters: dict[str, Any]) -> Response:
        """Take all of it, as JSON lines."""
        app: Any = current_app._get_current_object()  # type: ignore[attr-defined]
        response = Response(_lines(app, filters, principal()), mimetype="application/x-ndjson")
        response.headers["Content-Disposition"] = 'attachment; filename="audit-log.ndjson"'
        return response


def _lines(app: ServiceApp, filters: dict[str, Any], who: Principal) -> Iterator[bytes]:
    """It is read while it is sent, which outlasts the request's own session."""
    shown = AuditEntryOutput()
    with app.sessions() as reading:
        for entry in queries.stream(reading, filters, who):
            yield orjson.dumps(shown.dump(entry)) + b"\n"


@blueprint.route("/audit-log/head")
class AuditLogHead(MethodView):
    """The end of the chain."""

    @requires("assignments:audit")
    @blueprint.response(200, AuditHeadOutput, example=HEAD_EXAMPLE)
    def get(self) -> dict[str, Any]:
        """Read the youngest link, to write it down elsewhere."""
        link = queries.head(session())
        return {
            "seq": link.seq if link else 0,
            "hash": link.hash.hex() if link else "",
            "at": link.at if link else None,
        }
