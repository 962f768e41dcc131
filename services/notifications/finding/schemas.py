"""What a list of notifications may be narrowed by, as the API reads it."""

from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates, validates_schema

from services.notifications.deliveries.rules import Outcome
from services.notifications.finding.rules import Wanted
from services.notifications.notices.rules import Kind
from services.notifications.notifications.rules import Channel, State, Waiting
from shared.search import words
from shared.web.schemas import CursorArgs, Input, Text

LONGEST_PROVIDER = 300


def check_range(data: dict[str, Any]) -> None:
    """Raises ValidationError naming `until` unless it comes after `from`."""
    since: datetime | None = data.get("since")
    until: datetime | None = data.get("until")
    if since and until and not since < until:
        raise ValidationError("until must come after from.", field_name="until")


def check_words(text: str) -> None:
    """Raises ValidationError for a text without words: it would find nothing, and mean everything."""
    if not words(text):
        raise ValidationError("Not a single word.")


class _Conditions(Input):
    state = fields.String(validate=validate.OneOf(list(State)))
    channel = fields.String(validate=validate.OneOf(list(Channel)))
    kind = fields.String(validate=validate.OneOf(list(Kind)), metadata={"description": "What the notice is about"})
    escalation = fields.UUID(metadata={"description": "An escalation's id: everybody who is told of it"})
    official = fields.UUID(metadata={"description": "An official's id"})
    issue = Text(max=60, metadata={"description": "An issue's code or id"})
    unit = fields.String(
        validate=validate.Regexp(r"^(\d{2,5}/){1,3}\Z", error="Not the path of a unit, such as 83/829/."),
        metadata={"description": "The path of a unit: what is about it, or a unit inside", "example": "83/829/"},
    )
    since = fields.AwareDateTime(data_key="from", metadata={"description": "Written then or later"})
    until = fields.AwareDateTime(metadata={"description": "Written before"})
    provider = Text(
        max=LONGEST_PROVIDER, metadata={"description": "Tried over it, with that outcome if one is given"}
    )
    outcome = fields.String(
        validate=validate.OneOf(list(Outcome)), metadata={"description": "An attempt, over that provider, ended so"}
    )
    error = Text(
        max=200,
        metadata={"description": "Words of the last error, without regard to case and diacritics"},
    )
    waiting = fields.String(validate=validate.OneOf(list(Waiting)))

    @validates("error")
    def _check_words(self, value: str, **_: Any) -> None:
        check_words(value)

    @validates_schema
    def _check_range(self, data: dict[str, Any], **_: Any) -> None:
        check_range(data)


class WantedInput(_Conditions):
    """The same conditions in a body; loads into a `Wanted`."""

    @post_load
    def _wanted(self, data: dict[str, Any], **_: Any) -> Wanted:
        return Wanted(**data)


class NotificationFilters(_Conditions, CursorArgs):
    """What the list may be narrowed by; all given conditions hold together. Loads into wanted, limit and cursor."""

    @post_load
    def _split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        page = {"limit": data.pop("limit"), "cursor": data.pop("cursor")}
        return {"wanted": Wanted(**data), **page}
