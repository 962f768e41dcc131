"""Given words as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.notifications.notices.rules import LANGUAGES
from services.notifications.notifications.rules import Channel
from services.notifications.templates.rules import LONGEST, Event, InUse
from services.notifications.templates.samples import SAMPLES
from shared.web.schemas import Input, Output, Text

_FIELDS: dict[str, Any] = {
    "description": "E-mail: subject, text, html and, but for group, person_text, person_html; SMS and Zalo: text"
}


def _words(**more: Any) -> fields.Dict:
    source = Text(max=LONGEST, lines=True)
    return fields.Dict(keys=fields.String(), values=source, metadata=_FIELDS, **more)


class TemplateInput(Input):
    """Other words."""

    fields_ = _words(required=True, data_key="fields")
    note = Text(max=500, load_default=None, allow_none=True)


class RestorationInput(Input):
    """Which version to use again."""

    version = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, 2**31 - 1),
        metadata={"description": "0: the built-in words"},
    )


class PreviewInput(Input):
    """Words to be tried."""

    fields_ = _words(data_key="fields", load_default=None, allow_none=True)
    sample = fields.String(load_default="full", validate=validate.OneOf(SAMPLES))


class PreviewOutput(Output):
    """What a reader would see."""

    subject = fields.String()
    text = fields.String(required=True)
    html = fields.String()


class TemplateSummary(Output):
    """Which words are in use. `version` 0: none were ever given."""

    event = fields.String(required=True, metadata={"enum": list(Event)})
    channel = fields.String(required=True, metadata={"enum": list(Channel)})
    language = fields.String(required=True, metadata={"enum": list(LANGUAGES)})
    version = fields.Integer(required=True)
    in_use = fields.String(required=True, metadata={"enum": list(InUse)})
    changed_at = fields.AwareDateTime(required=True, allow_none=True)
    changed_by = fields.String(required=True, allow_none=True)
    broken_at = fields.AwareDateTime(required=True, allow_none=True)
    broken_reason = fields.String(required=True, allow_none=True)


class TemplateList(Output):
    """All there are."""

    items = fields.List(fields.Nested(TemplateSummary), required=True)


class FieldOutput(Output):
    """One field: its words in use, the built-in ones, and the values it may show."""

    name = fields.String(required=True)
    source = fields.String(required=True)
    built_in = fields.String(required=True)
    values = fields.List(fields.String(), required=True)


class TemplateOutput(TemplateSummary):
    """The words in use, field by field."""

    fields_ = fields.List(fields.Nested(FieldOutput), required=True, data_key="fields")


class VersionOutput(Output):
    """One version. `fields` null: the built-in words were used again."""

    version = fields.Integer(required=True)
    fields_ = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        allow_none=True,
        data_key="fields",
        attribute="fields",
        metadata=_FIELDS,
    )
    restored_from = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.String(required=True)
    broken_at = fields.AwareDateTime(required=True, allow_none=True)
    broken_reason = fields.String(required=True, allow_none=True)


class VersionList(Output):
    """All versions, the newest first."""

    items = fields.List(fields.Nested(VersionOutput), required=True)


_LINE = "[{{ issue.code }}] {{ issue.title }}"
INPUT_EXAMPLE: dict[str, Any] = {"fields": {"text": _LINE}, "note": "Ngắn hơn"}
PREVIEW_INPUT_EXAMPLE: dict[str, Any] = {"fields": {"text": _LINE}, "sample": "full"}
PREVIEW_EXAMPLE: dict[str, Any] = {
    "text": "[BT-2026-000123] Cống ngăn mặn bị hỏng https://caunoi.example/xac-nhan/vi-du"
}
_WHEN = {
    "changed_at": "2026-03-02T01:45:02+00:00",
    "changed_by": "client:0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001",
    "broken_at": None,
    "broken_reason": None,
}
SUMMARY_EXAMPLE: dict[str, Any] = {
    "event": "escalation",
    "channel": "sms",
    "language": "vi",
    "version": 1,
    "in_use": "given",
    **_WHEN,
}
EXAMPLE: dict[str, Any] = SUMMARY_EXAMPLE | {
    "fields": [{"name": "text", "source": _LINE, "built_in": "{{ subject }}", "values": ["issue", "subject"]}]
}
VERSION_EXAMPLE: dict[str, Any] = {
    "version": 1,
    "fields": {"text": _LINE},
    "restored_from": None,
    "note": "Ngắn hơn",
    **_WHEN,
}
