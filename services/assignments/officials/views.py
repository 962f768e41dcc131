"""The HTTP interface of officials."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.assignments.officials import queries
from services.assignments.officials.actions import add_official, change_official
from services.assignments.officials.model import Official
from services.assignments.officials.schemas import (
    OFFICIAL_EXAMPLE,
    OFFICIAL_INPUT_EXAMPLE,
    OfficialChange,
    OfficialFilters,
    OfficialInput,
    OfficialOutput,
)
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("officials", __name__, description="The people who hold posts")

Answer = tuple[Official, dict[str, str]]


@blueprint.route("/officials")
class Officials(MethodView):
    """The officials of the territory, and those of the units above it."""

    @requires("assignments:read")
    @blueprint.arguments(OfficialFilters, location="query")
    @blueprint.response(200, page_of(OfficialOutput), example={"items": [OFFICIAL_EXAMPLE], "next_cursor": None})
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List officials by given name, in Vietnamese order."""
        return queries.page(session(), filters, principal())

    @requires("assignments:write")
    @blueprint.arguments(OfficialInput, example=OFFICIAL_INPUT_EXAMPLE)
    @blueprint.response(201, OfficialOutput, example=OFFICIAL_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Add an official."""
        official = add_official(session(), principal(), **given)
        return official, {"Location": f"{request.path}/{official.id}", "ETag": etag_of(official.version)}


@blueprint.route("/officials/<uuid:official_id>")
class OneOfficial(MethodView):
    """One official."""

    @requires("assignments:read")
    @blueprint.response(200, OfficialOutput, example=OFFICIAL_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, official_id: UUID) -> Answer:
        """Read an official; contact details only with assignments:write."""
        official = queries.one(session(), official_id, principal())
        return official, {"ETag": etag_of(official.version)}

    @requires("assignments:write")
    @blueprint.arguments(OfficialChange, example={"phone": "0912 345 679", "active": False})
    @blueprint.response(200, OfficialOutput, example=OFFICIAL_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def patch(self, changes: dict[str, Any], official_id: UUID) -> Answer:
        """Change an official whose home unit lies in the territory."""
        official = queries.one(session(), official_id, principal(), lock=True)
        check_if_match(official.version)
        change_official(session(), principal(), official, changes)
        return official, {"ETag": etag_of(official.version)}
