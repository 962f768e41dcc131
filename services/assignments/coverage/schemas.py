"""Coverage as the API shows it."""

from marshmallow import fields, validate

from services.assignments.units.schemas import UNIT_BRIEF_EXAMPLE, UnitBrief, UnitRef
from shared.web.documented import day
from shared.web.schemas import CursorArgs, Input, Output, Text

DAYS_MAX = 366
_SCORE = {"description": "Per cent of the posts needed in which somebody acts; null where none is needed"}
_DISTRICT = "The unit, with all below it: its code today, or its id"


def _days(about: str) -> fields.Integer:
    return fields.Integer(load_default=None, validate=validate.Range(1, DAYS_MAX), metadata={"description": about})


class CoverageArgs(Input):
    """Of which unit."""

    unit = UnitRef(required=True, description=_DISTRICT)
    days = _days("Look so many days ahead; the limit horizon_days if left out")


class UnitPageArgs(CursorArgs):
    """A page about a unit."""

    unit = UnitRef(required=True, description=_DISTRICT)


class GapArgs(UnitPageArgs):
    """Gaps of a unit."""

    days = _days("Look so many days ahead; the limit horizon_days if left out")


class EndingArgs(UnitPageArgs):
    """Terms that end."""

    days = _days("Within so many days; the limit ending_days if left out")


class HistoryArgs(UnitPageArgs):
    """The history of a unit."""

    first = day("From this day on", load_default=None)
    last = day("Until this day", load_default=None)


class StreamArgs(Input):
    """All of the territory."""

    days = _days("Look so many days ahead; the limit horizon_days if left out")


class TallyOutput(Output):
    """How a unit with all below it is covered."""

    unit_id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    required = fields.Integer(required=True, metadata={"description": "Posts that its places need"})
    covered = fields.Integer(required=True, metadata={"description": "Those in which somebody acts"})
    absent = fields.Integer(required=True, metadata={"description": "Held, but all who hold them are away"})
    score = fields.Float(required=True, allow_none=True, metadata=_SCORE)


class CoverageOutput(Output):
    """The coverage of a unit: its score, those of the units above others in it, and what there is to look at."""

    unit = fields.Nested(UnitBrief, required=True)
    at = fields.Date(required=True)
    days = fields.Integer(required=True)
    scores = fields.List(fields.Nested(TallyOutput), required=True)
    gaps_now = fields.Integer(required=True)
    gaps_coming = fields.Integer(required=True, metadata={"description": "More of them within the days"})
    overloaded = fields.Integer(required=True)
    ending = fields.Integer(required=True)
    unreachable = fields.Integer(required=True)


class GapOutput(Output):
    """A post in which nobody acts."""

    place_id = fields.UUID(required=True)
    place = fields.String(required=True)
    attached_to = fields.String(required=True, metadata={"description": "A level's code, cluster or hamlet"})
    unit_id = fields.UUID(required=True)
    unit_code = fields.String(required=True)
    unit_name = fields.String(required=True)
    post = fields.String(required=True)
    post_name_vi = fields.String(required=True)
    post_name_en = fields.String(required=True)
    since = fields.Date(required=True, metadata={"description": "The first day; today if it is open already"})
    until = fields.Date(
        required=True, allow_none=True, metadata={"description": "The day somebody acts again; null: not in sight"}
    )
    absent = fields.Boolean(required=True, metadata={"description": "Held, but all who hold it are away then"})


class OverloadedOutput(Output):
    """An official with many places."""

    id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    places = fields.Integer(required=True)


class UnreachableOutput(Output):
    """An official whom no message reaches."""

    id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "no_address, or why mail fails: bounced, failing"}
    )
    since = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "As notifications said so; null: not yet"}
    )


class DayOutput(Output):
    """How a unit was covered on a day."""

    day = fields.Date(required=True)
    required = fields.Integer(required=True)
    covered = fields.Integer(required=True)
    absent = fields.Integer(required=True)
    score = fields.Float(required=True, allow_none=True, metadata=_SCORE)


class LimitInput(Input):
    """A limit anew."""

    amount = fields.Integer(required=True, strict=True, validate=validate.Range(1, DAYS_MAX))
    source = Text(required=True, max=300, metadata={"description": "The decision it rests on"})


class LimitOutput(Output):
    """A number that coverage goes by."""

    code = fields.String(required=True)
    amount = fields.Integer(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class LimitList(Output):
    """All limits."""

    items = fields.List(fields.Nested(LimitOutput), required=True)


TALLY_EXAMPLE = {
    "unit_id": UNIT_BRIEF_EXAMPLE["id"],
    "code": "834",
    "name": "Huyện Giồng Trôm",
    "level": "district",
    "required": 45,
    "covered": 43,
    "absent": 1,
    "score": 95.5,
}
COVERAGE_EXAMPLE = {
    "unit": UNIT_BRIEF_EXAMPLE | {"code": "834", "name": "Huyện Giồng Trôm"},
    "at": "2026-03-02",
    "days": 30,
    "scores": [TALLY_EXAMPLE],
    "gaps_now": 2,
    "gaps_coming": 1,
    "overloaded": 1,
    "ending": 3,
    "unreachable": 2,
}
GAP_EXAMPLE = {
    "place_id": UNIT_BRIEF_EXAMPLE["id"],
    "place": "Xã Mỹ Thạnh",
    "attached_to": "commune",
    "unit_id": UNIT_BRIEF_EXAMPLE["id"],
    "unit_code": "28993",
    "unit_name": "Xã Mỹ Thạnh",
    "post": "commune_follower",
    "post_name_vi": "Cán bộ tỉnh theo dõi xã, phường, thị trấn",
    "post_name_en": "Provincial official following the commune",
    "since": "2026-03-16",
    "until": None,
    "absent": False,
}
PERSON_EXAMPLE = {"id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33", "full_name": "Nguyễn Văn An"}
DAY_EXAMPLE = {"day": "2026-03-02", "required": 45, "covered": 43, "absent": 1, "score": 95.5}
LIMIT_EXAMPLE = {"code": "most_places", "amount": 5, "source": "Quy định 02", "version": 2}
