"""The HTTP interface of ratings."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.visits.ratings import queries, schemas
from services.visits.ratings.actions import rate
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("ratings", __name__, description="What communes say of the officials who follow them")

Answer = tuple[dict[str, Any], dict[str, str]]


@blueprint.route("/cooperation-ratings")
class Ratings(MethodView):
    """Ratings inside the territory."""

    @requires("visits:read")
    @blueprint.arguments(schemas.RatingFilters(), location="query")
    @blueprint.response(
        200, page_of(schemas.RatingOutput), example={"items": [schemas.RATING_EXAMPLE], "next_cursor": None}
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List ratings, newest first."""
        return queries.page(session(), filters, principal())

    @requires("visits:write")
    @blueprint.arguments(schemas.RatingInput(), example=schemas.RATING_INPUT_EXAMPLE)
    @blueprint.response(201, schemas.RatingOutput, example=schemas.RATING_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Say, for a commune, how an official who follows it worked with it in a month; once a month."""
        rating = rate(session(), principal(), given)
        return queries.shown(rating), {
            "Location": f"{request.path}/{rating.id}",
            "ETag": etag_of(rating.version),
        }


@blueprint.route("/cooperation-ratings/<uuid:rating_id>")
class OneRating(MethodView):
    """One rating."""

    @requires("visits:read")
    @blueprint.response(200, schemas.RatingOutput, example=schemas.RATING_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, rating_id: UUID) -> Answer:
        """Read a rating."""
        rating = queries.one(session(), rating_id, principal())
        return queries.shown(rating), {"ETag": etag_of(rating.version)}

    @requires("visits:write")
    @blueprint.arguments(schemas.RatingCorrection(), example={"score": 5})
    @blueprint.response(200, schemas.RatingOutput, example=schemas.RATING_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], rating_id: UUID) -> Answer:
        """Correct a rating."""
        rating = queries.one(session(), rating_id, principal(), lock=True)
        check_if_match(rating.version)
        rating.correct(**given)
        return queries.shown(rating), {"ETag": etag_of(rating.version)}


@blueprint.route("/cooperation-averages")
class Averages(MethodView):
    """Ratings by official."""

    @requires("visits:read")
    @blueprint.arguments(schemas.RatingFilters(), location="query")
    @blueprint.response(
        200, page_of(schemas.AverageOutput), example={"items": [schemas.AVERAGE_EXAMPLE], "next_cursor": None}
    )
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Average the ratings of each official inside the territory."""
        return queries.averages(session(), filters, principal())
