"""The timeline as the API shows it."""

from marshmallow import fields, validate

from services.visits.timeline.rules import Happening
from shared.web.schemas import Output


class ActorOutput(Output):
    """Who did it."""

    kind = fields.String(required=True, validate=validate.OneOf(["client", "official", "system"]))
    id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)


class LineText(Output):
    """The line in words."""

    vi = fields.String(required=True)
    en = fields.String(required=True)


class TimelineEntryOutput(Output):
    """One thing that happened to an issue."""

    at = fields.AwareDateTime(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(Happening)))
    actor = fields.Nested(ActorOutput, required=True)
    text = fields.Nested(LineText, required=True)
    data = fields.Dict(required=True, metadata={"description": "The facts behind the line; shape by kind"})


TIMELINE_EXAMPLE = {
    "items": [
        {
            "at": "2026-03-02T01:30:00+00:00",
            "kind": "reported",
            "actor": {"kind": "client", "id": "cong-thong-tin-xa", "name": None},
            "text": {
                "vi": "Đã tiếp nhận phản ánh từ Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre.",
                "en": "Reported from Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre.",
            },
            "data": {"unit_name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre", "hamlet_name": None},
        }
    ],
    "next_cursor": None,
}
