"""Preferences and rules as the API reads and shows them."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from marshmallow import ValidationError, fields, validate, validates_schema

from services.notifications.contacts.rules import Channel
from services.notifications.notices.rules import LANGUAGES
from services.notifications.preferences.rules import (
    LONGEST_OFF,
    OWN_DEFAULT,
    UNKNOWN_FOR,
    WEEKDAYS,
    Importance,
    When,
)
from shared.web.schemas import Input, Output, Text


class _Hour(fields.String):
    """A time of day as HH:MM."""

    def __init__(self, **kwargs: Any) -> None:
        at = validate.Regexp(r"^([01]\d|2[0-3]):[0-5]\d\Z", error="A time of day is HH:MM, such as 07:30.")
        super().__init__(validate=at, **kwargs)


def _weekdays(**kwargs: Any) -> fields.List:
    return fields.List(fields.String(validate=validate.OneOf(WEEKDAYS)), **kwargs)


def _channels(**kwargs: Any) -> fields.List:
    channel = fields.String(validate=validate.OneOf(list(Channel)))
    return fields.List(channel, validate=validate.Length(max=len(Channel)), **kwargs)


class WishInput(Input):
    """How to be told of what matters that much."""

    channels = _channels(required=True)
    when = fields.String(
        required=True,
        validate=validate.OneOf(list(When)),
        metadata={"description": "digest: with everything else that waits, at the next digest time"},
    )


class TellingInput(Input):
    """How to be told, by importance."""

    low = fields.Nested(WishInput, required=True)
    normal = fields.Nested(WishInput, required=True)
    high = fields.Nested(WishInput, required=True)
    critical = fields.Nested(WishInput, required=True)

    @validates_schema
    def _at_once(self, data: dict[str, Any], **_: Any) -> None:
        if data["critical"]["when"] != When.NOW:
            raise ValidationError({"critical": {"when": ["What is critical is told at once."]}})


class QuietHoursInput(Input):
    """Hours in which to be left alone; over midnight if they end no later than they start."""

    weekdays = _weekdays(required=True, validate=validate.Length(min=1, max=7))
    starts = _Hour(required=True)
    ends = _Hour(required=True)

    @validates_schema
    def _some_time(self, data: dict[str, Any], **_: Any) -> None:
        if data["starts"] == data["ends"]:
            raise ValidationError({"ends": ["They end when they start: a whole day is a day off."]})


class DaysOffInput(Input):
    """Days on which to be left alone, from the first to the last."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if not date(2000, 1, 1) <= data["first"] <= data["last"] < date(2100, 1, 1):
            raise ValidationError({"last": ["Not before the first day, and both in this century."]})
        if data["last"] - data["first"] >= timedelta(days=LONGEST_OFF):
            raise ValidationError({"last": [f"At most {LONGEST_OFF} days: who is away longer needs a substitute."]})


class PreferencesInput(Input):
    """What an official wishes; all of it."""

    language = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(list(LANGUAGES)),
        metadata={"description": "null: as the official is recorded"},
    )
    telling = fields.Nested(TellingInput, required=True)
    quiet_hours = fields.List(fields.Nested(QuietHoursInput), required=True, validate=validate.Length(max=14))
    weekdays_off = _weekdays(required=True, validate=validate.Length(max=7))
    holidays_off = fields.Boolean(required=True, truthy={True}, falsy={False})
    days_off = fields.List(fields.Nested(DaysOffInput), required=True, validate=validate.Length(max=20))
    digest_times = fields.List(_Hour(), required=True, validate=validate.Length(min=1, max=6))
    optional_digest = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        metadata={"description": "false: no digest of what one may do without"},
    )


class TellingRuleInput(Input):
    """How much a kind of notice matters, and what nobody can switch off."""

    importance = fields.String(required=True, validate=validate.OneOf(list(Importance)))
    raised_from_step = fields.Integer(
        required=True,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, 100),
        metadata={"description": "From this step of an escalation on it matters more by one; null: never"},
    )
    floor = _channels(required=True, metadata={"description": "Channels that an official cannot switch off"})
    longest_wait_hours = fields.Integer(
        required=True,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, 2160),
        metadata={"description": "The longest that quiet hours and digests may hold it back; null: as they say"},
    )
    source = Text(required=True, max=500)


class TellingRuleOutput(Output):
    """A rule; `detail` is the severity of an escalation, the kind of a reminder, or any."""

    kind = fields.String(required=True)
    detail = fields.String(required=True)
    importance = fields.String(required=True)
    raised_from_step = fields.Integer(required=True, allow_none=True)
    floor = fields.List(fields.String(), required=True)
    longest_wait_hours = fields.Integer(required=True, allow_none=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class TellingRuleList(Output):
    """All rules."""

    items = fields.List(fields.Nested(TellingRuleOutput), required=True)


class TellingSettingsInput(Input):
    """By which clock, and when many notices become one message."""

    time_zone = Text(required=True, max=60, metadata={"description": "Of the IANA database"})
    storm_from = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(2, 1_000_000),
        metadata={"description": "From so many for one official from one unit on the next are gathered"},
    )
    storm_within = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 86_400),
        metadata={"description": "So many within these seconds"},
    )
    storm_gather = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, 3_600),
        metadata={"description": "Seconds after which what was gathered goes out as one message"},
    )
    unknown_for = fields.Integer(
        load_default=UNKNOWN_FOR,
        strict=True,
        validate=validate.Range(0, 86_400),
        metadata={
            "description": "Seconds that an official of whom nothing is known yet is waited for before an "
            "escalation falls to others; who is known to have no address is not waited for"
        },
    )
    source = Text(required=True, max=500)

    @validates_schema
    def _known(self, data: dict[str, Any], **_: Any) -> None:
        if data["time_zone"] not in available_timezones():
            raise ValidationError({"time_zone": ["Not a time zone of the IANA database."]})
        ZoneInfo(data["time_zone"])


class TellingSettingsOutput(Output):
    """What holds for all telling."""

    time_zone = fields.String(required=True)
    storm_from = fields.Integer(required=True)
    storm_within = fields.Integer(required=True)
    storm_gather = fields.Integer(required=True)
    unknown_for = fields.Integer(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class PreferencesOutput(Output):
    """What an official wishes, beside what holds whatever is wished."""

    official_id = fields.UUID(required=True)
    language = fields.String(required=True, allow_none=True)
    telling = fields.Nested(TellingInput, required=True, attribute="wishes.telling")
    quiet_hours = fields.List(fields.Nested(QuietHoursInput), required=True, attribute="wishes.quiet_hours")
    weekdays_off = fields.List(fields.String(), required=True, attribute="wishes.weekdays_off")
    holidays_off = fields.Boolean(required=True, attribute="wishes.holidays_off")
    days_off = fields.List(
        fields.Dict(metadata={"properties": {"first": {"format": "date"}, "last": {"format": "date"}}}),
        required=True,
        attribute="wishes.days_off",
    )
    digest_times = fields.List(fields.String(), required=True, attribute="wishes.digest_times")
    optional_digest = fields.Boolean(required=True, attribute="wishes.optional_digest")
    version = fields.Integer(
        required=True, metadata={"description": "0: nothing was wished, these are the defaults"}
    )
    changed_at = fields.AwareDateTime(required=True, allow_none=True)
    changed_by = fields.String(required=True, allow_none=True)


_EVERYWHERE = {"channels": ["email", "inapp"], "when": "now"}
PREFERENCES_INPUT_EXAMPLE: dict[str, Any] = {
    "language": None,
    "telling": {
        "low": {"channels": ["email", "inapp"], "when": "digest"},
        "normal": _EVERYWHERE,
        "high": _EVERYWHERE,
        "critical": _EVERYWHERE,
    },
    "quiet_hours": [{"weekdays": list(WEEKDAYS), "starts": "21:00", "ends": "06:00"}],
    "weekdays_off": ["sun"],
    "holidays_off": True,
    "days_off": [{"first": "2026-04-13", "last": "2026-04-17"}],
    "digest_times": ["07:30", "16:30"],
    "optional_digest": True,
}
PREFERENCES_EXAMPLE = PREFERENCES_INPUT_EXAMPLE | {
    "official_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "version": 3,
    "changed_at": datetime(2026, 3, 2, 1, 45).isoformat() + "+00:00",
    "changed_by": "official",
}
RULE_INPUT_EXAMPLE: dict[str, Any] = {
    "importance": "high",
    "raised_from_step": 3,
    "floor": ["email", "inapp"],
    "longest_wait_hours": 12,
    "source": OWN_DEFAULT,
}
RULE_EXAMPLE = RULE_INPUT_EXAMPLE | {"kind": "escalation", "detail": "high", "version": 1}
SETTINGS_INPUT_EXAMPLE: dict[str, Any] = {
    "time_zone": "Asia/Ho_Chi_Minh",
    "storm_from": 4,
    "storm_within": 600,
    "storm_gather": 120,
    "unknown_for": 300,
    "source": OWN_DEFAULT,
}
SETTINGS_EXAMPLE = SETTINGS_INPUT_EXAMPLE | {"version": 1}
