"""Rule sets as the API reads and shows them."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.assignments.mandates.rules import ChargeKind
from services.assignments.posts import schemas as posts
from shared.web.documented import day
from shared.web.schemas import CursorArgs, Input, Output, Text

_SOURCE = {"description": posts.SOURCE}
ACTIVITIES = ("visit", "meeting", "report", "contact")


class ScopeGiven(Input):
    """What holders of the post follow."""

    text_vi = Text(required=True, max=2000, lines=True)
    text_en = Text(required=True, max=2000, lines=True)
    source = Text(required=True, max=500, metadata=_SOURCE)


class ChargeGiven(Input):
    """A duty or a power of the post."""

    code = Text(required=True, max=60)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in ChargeKind]))
    position = fields.Integer(required=True, strict=True, validate=validate.Range(1, 1000))
    text_vi = Text(required=True, max=500)
    text_en = Text(required=True, max=500)
    activity = Text(load_default=None, max=40, allow_none=True)
    source = Text(required=True, max=500, metadata=_SOURCE)


class CadenceGiven(Input):
    """What holders of the post do at least every so many days."""

    activity = fields.String(required=True, validate=validate.OneOf(ACTIVITIES))
    every_days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 3650))
    remind_before = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, 3649), metadata={"description": "Days before"}
    )
    tell_post = Text(
        load_default=None, allow_none=True, max=60, metadata={"description": "Told too, when it is overdue"}
    )
    source = Text(required=True, max=500, metadata=_SOURCE)

    @validates_schema
    def _reminds_in_time(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["remind_before"] >= data["every_days"]:
            raise ValidationError("Remind later than the day after the last time.", "remind_before")


class PostGiven(posts.PostInput):
    """A post of a rule set."""

    class Meta(posts.PostInput.Meta):
        exclude = ("valid_from",)

    scope = fields.Nested(ScopeGiven, load_default=None, allow_none=True)
    charges = fields.List(fields.Nested(ChargeGiven), load_default=list, validate=validate.Length(max=100))
    cadences = fields.List(
        fields.Nested(CadenceGiven),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=10),
        metadata={"description": "Handed to the visits service, which keeps them; null: as they are there"},
    )


class RuleSetInput(Input):
    """A whole set of rules: the posts that are not in it are no more."""

    name = Text(required=True, max=60, metadata={"example": "hai-cap-2025"})
    title_vi = Text(load_default=None, max=200, allow_none=True)
    title_en = Text(load_default=None, max=200, allow_none=True)
    source = Text(load_default=None, max=500, allow_none=True, metadata=_SOURCE)
    posts = fields.List(fields.Nested(PostGiven), required=True, validate=validate.Length(1, 100))


class RulesFilters(Input):
    """The day of the rules."""

    at = day("The rules in force on this day; today if left out", load_default=None)


class ApplicationInput(Input):
    """Which rules shall hold: a preset by its name, or a set of one's own."""

    preset = Text(
        load_default=None, allow_none=True, max=60, metadata={"description": "A name from /rules/presets"}
    )
    rules = fields.Nested(RuleSetInput, load_default=None, allow_none=True)
    valid_from = day("The first day they hold; today if left out", load_default=None)
    dry_run = fields.Boolean(load_default=True, metadata={"description": "true: only say what would change"})
    end_assignments = fields.Boolean(
        load_default=False, metadata={"description": "End the assignments to posts that are no more"}
    )

    @validates_schema
    def _one_of_two(self, data: dict[str, Any], **kwargs: Any) -> None:
        if (data["preset"] is None) == (data["rules"] is None):
            raise ValidationError("Name a preset or give rules, one of the two.", "preset")


class RetirementInput(Input):
    """The end of a post."""

    valid_to = day("First day it is no more", required=True)
    end_assignments = fields.Boolean(
        load_default=False, metadata={"description": "End the assignments to it on that day"}
    )


class ScopeShown(Output):
    """What holders of the post follow."""

    text_vi = fields.String(required=True)
    text_en = fields.String(required=True)
    source = fields.String(required=True)


class CadenceShown(Output):
    """What holders of the post do at least every so many days."""

    activity = fields.String(required=True)
    every_days = fields.Integer(required=True)
    remind_before = fields.Integer(required=True)
    tell_post = fields.String(required=True, allow_none=True)
    source = fields.String(required=True)


class ChargeShown(Output):
    """A duty or a power of the post."""

    code = fields.String(required=True)
    kind = fields.String(required=True)
    position = fields.Integer(required=True)
    text_vi = fields.String(required=True)
    text_en = fields.String(required=True)
    activity = fields.String(required=True, allow_none=True)
    source = fields.String(required=True)


class PostShown(posts.PostOutput):
    """A post of a rule set."""

    class Meta:
        exclude = ("valid_from", "valid_to", "version")

    scope = fields.Nested(ScopeShown, required=True, allow_none=True)
    charges = fields.List(fields.Nested(ChargeShown), required=True)
    cadences = fields.List(
        fields.Nested(CadenceShown),
        required=True,
        allow_none=True,
        metadata={"description": "null: those that the visits service has, see its /cadence/rules"},
    )


class RuleSetOutput(Output):
    """A set of rules, in the form in which it can be applied."""

    name = fields.String(required=True)
    title_vi = fields.String(required=True, allow_none=True)
    title_en = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)
    posts = fields.List(fields.Nested(PostShown), required=True)


class PresetOutput(Output):
    """A set of rules that comes along."""

    name = fields.String(required=True)
    title_vi = fields.String(required=True)
    title_en = fields.String(required=True)
    source = fields.String(required=True, metadata=_SOURCE)


class PresetsOutput(Output):
    """All of them."""

    items = fields.List(fields.Nested(PresetOutput), required=True)


class ChangedOutput(Output):
    """A field of a post that says something else."""

    post = fields.String(required=True)
    field = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class RetiredOutput(Output):
    """A post that is no more, and how many assignments to it last beyond the day."""

    post = fields.String(required=True)
    assignments = fields.Integer(required=True)


class RuleSetReportOutput(Output):
    """What applying the rules changes."""

    dry_run = fields.Boolean(required=True)
    name = fields.String(required=True)
    valid_from = fields.Date(required=True)
    added = fields.List(fields.String(), required=True)
    changed = fields.List(fields.Nested(ChangedOutput), required=True)
    retired = fields.List(fields.Nested(RetiredOutput), required=True)


class ApplicationOutput(Output):
    """A set of rules as it was applied."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    valid_from = fields.Date(required=True)
    applied_at = fields.AwareDateTime(required=True)
    applied_by = fields.String(required=True)
    report = fields.Dict(required=True)


class ApplicationFilters(CursorArgs):
    """Pages of what was applied."""


POST_EXAMPLE = {name: value for name, value in posts.POST_EXAMPLE.items() if name not in PostShown.Meta.exclude} | {
    "scope": None,
    "charges": [],
    "cadences": None,
}
RULES_EXAMPLE = {
    "name": "current",
    "title_vi": None,
    "title_en": None,
    "source": None,
    "posts": [POST_EXAMPLE],
}
PRESET_EXAMPLE = {
    "name": "hai-cap-2025",
    "title_vi": "Tỉnh hai cấp, không có cấp huyện, từ 1/7/2025",
    "title_en": "A province of two tiers, without districts, since 1 July 2025",
    "source": "Bộ quy tắc của dự án này",
}
APPLICATION_INPUT_EXAMPLE = {"preset": "hai-cap-2025", "valid_from": "2025-07-01", "dry_run": True}
REPORT_EXAMPLE = {
    "dry_run": True,
    "name": "hai-cap-2025",
    "valid_from": "2025-07-01",
    "added": [],
    "changed": [
        {
            "post": "commune_follower",
            "field": "above",
            "before": "district_overseer",
            "after": "provincial_leader",
        }
    ],
    "retired": [{"post": "district_overseer", "assignments": 9}],
}
APPLICATION_EXAMPLE = {
    "id": 1,
    "name": "hai-cap-2025",
    "valid_from": "2025-07-01",
    "applied_at": "2025-06-20T01:00:00+00:00",
    "applied_by": "ban-to-chuc",
    "report": REPORT_EXAMPLE,
}
