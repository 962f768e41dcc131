"""Ratings as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.visits.issues.schemas import PlaceOutput
from services.visits.ratings.rules import BEST, WORST
from shared.web.schemas import CursorArgs, Input, Output, Text

_MONTH = {"description": "A month", "example": "2026-02"}
_COMMUNE = {"description": "Code of the commune (5 digits) or id of the unit", "example": "28993"}
_INSIDE = {
    "description": "Code of a province, district or commune, or a path such as 83/829/: all inside it",
    "example": "83/834/",
}


def _score() -> fields.Integer:
    about = {"description": "1: hardly any cooperation, 5: very good", "example": 4}
    return fields.Integer(required=True, strict=True, validate=validate.Range(WORST, BEST), metadata=about)


def _comment() -> Text:
    return Text(load_default=None, allow_none=True, max=2000, lines=True)


class RatingInput(Input):
    """How an official worked with a commune in a month."""

    unit = Text(required=True, max=36, metadata=_COMMUNE)
    official = fields.UUID(required=True)
    month = Text(required=True, max=7, metadata=_MONTH)
    score = _score()
    comment = _comment()


class RatingCorrection(Input):
    """A rating said differently."""

    score = _score()
    comment = _comment()


class RatingFilters(CursorArgs):
    """What a list of ratings may be narrowed by."""

    unit = Text(max=80, metadata=_INSIDE)
    official = fields.UUID()
    first_month = Text(max=7, metadata=_MONTH)
    last_month = Text(max=7, metadata=_MONTH)


class RatingOutput(Output):
    """How an official worked with a commune in a month."""

    id = fields.UUID(required=True)
    unit = fields.Nested(PlaceOutput, required=True)
    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    month = fields.String(required=True)
    score = fields.Integer(required=True)
    comment = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    version = fields.Integer(required=True)


class AverageOutput(Output):
    """What communes say of an official on the average."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    average = fields.Float(required=True)
    ratings = fields.Integer(required=True)
    communes = fields.Integer(required=True, metadata={"description": "How many communes rated"})


RATING_INPUT_EXAMPLE: dict[str, Any] = {
    "unit": "28993",
    "official": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "month": "2026-02",
    "score": 4,
    "comment": "Thường xuyên dự họp, góp ý cụ thể.",
}
RATING_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d88",
    "unit": {
        "id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
        "code": "28993",
        "name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
        "path": "83/834/28993/",
    },
    "official_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "full_name": "Nguyễn Văn An",
    "month": "2026-02",
    "score": 4,
    "comment": "Thường xuyên dự họp, góp ý cụ thể.",
    "created_at": "2026-03-02T01:30:00+00:00",
    "created_by": "cong-thong-tin-xa",
    "version": 1,
}
AVERAGE_EXAMPLE: dict[str, Any] = {
    "official_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "full_name": "Nguyễn Văn An",
    "average": 4.25,
    "ratings": 8,
    "communes": 2,
}
