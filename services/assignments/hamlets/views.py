"""The HTTP interface of hamlets."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.assignments.hamlets import queries
from services.assignments.hamlets.actions import add_hamlet, change_hamlet
from services.assignments.hamlets.model import Hamlet
from services.assignments.hamlets.schemas import (
    HAMLET_EXAMPLE,
    HamletChange,
    HamletFilters,
    HamletInput,
    HamletOutput,
)
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("hamlets", __name__, description="Hamlets (ấp, khu phố) under communes")

Answer = tuple[Hamlet, dict[str, str]]


@blueprint.route("/hamlets")
class Hamlets(MethodView):
    """The hamlets inside the territory on a day."""

    @requires("assignments:read")
    @blueprint.arguments(HamletFilters, location="query")
    @blueprint.response(200, page_of(HamletOutput), example={"items": [HAMLET_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List hamlets by name."""
        return queries.page(session(), filters, principal())

    @requires("assignments:write")
    @blueprint.arguments(HamletInput, example={"unit": "28993", "name": "Ấp Bình Thành"})
    @blueprint.response(201, HamletOutput, example=HAMLET_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Add a hamlet to a commune."""
        hamlet = add_hamlet(session(), principal(), **given)
        return hamlet, {"Location": f"{request.path}/{hamlet.id}", "ETag": etag_of(hamlet.version)}


@blueprint.route("/hamlets/<uuid:hamlet_id>")
class OneHamlet(MethodView):
    """One hamlet."""

    @requires("assignments:read")
    @blueprint.response(200, HamletOutput, example=HAMLET_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, hamlet_id: UUID) -> Answer:
        """Read a hamlet."""
        hamlet = queries.one(session(), hamlet_id, principal())
        return hamlet, {"ETag": etag_of(hamlet.version)}

    @requires("assignments:write")
    @blueprint.arguments(HamletChange, example={"valid_to": "2026-07-01"})
    @blueprint.response(200, HamletOutput, example=HAMLET_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def patch(self, changes: dict[str, Any], hamlet_id: UUID) -> Answer:
        """Rename or end a hamlet."""
        hamlet = queries.one(session(), hamlet_id, principal(), lock=True)
        check_if_match(hamlet.version)
        change_hamlet(session(), hamlet, changes)
        return hamlet, {"ETag": etag_of(hamlet.version)}
