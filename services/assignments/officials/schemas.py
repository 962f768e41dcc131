"""Officials as the API reads and shows them."""

from typing import Any

from marshmallow import ValidationError, fields, post_dump, validate

from services.assignments.officials.rules import LANGUAGES, email_address, phone_number
from services.assignments.units.schemas import UNIT_BRIEF_EXAMPLE, UnitBrief, UnitRef
from shared.web.auth import principal
from shared.web.schemas import CursorArgs, Input, Output, Text

NAME_MAX = 100
STAFF_CODE_MAX = 40
BODY_MAX = 200
_CONTACTS = ("email", "phone")
_CONTACT_RULE = "Only in answers to tokens with assignments:write; absent for others"


class Email(Text):
    """An e-mail address; line breaks and other control characters never get as far as a header."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=254, metadata={"example": "an.nguyen@bentre.example"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return _checked(email_address, super()._deserialize(value, attr, data, **kwargs), self.max)


class Phone(Text):
    """A phone number, of Việt Nam unless it begins with +."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=30, metadata={"example": "0912 345 678"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return _checked(phone_number, super()._deserialize(value, attr, data, **kwargs), self.max)


def _checked(rule: Any, text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValidationError(f"Longer than maximum length {longest}.")
    try:
        return rule(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def _staff_code() -> Text:
    about = "What the personnel office knows the person by; no two officials share one"
    return Text(max=STAFF_CODE_MAX, allow_none=True, metadata={"description": about, "example": "BT-00123"})


class OfficialFilters(CursorArgs):
    """What a list of officials may be narrowed by."""

    q = Text(
        load_default=None,
        max=NAME_MAX,
        metadata={"description": "Part of the full name, with or without diacritics", "example": "nguyen van an"},
    )
    unit = UnitRef(load_default=None, description="Home unit: its code today, or its id")
    staff_code = Text(load_default=None, max=STAFF_CODE_MAX, metadata={"description": "With this staff code"})
    active = fields.Boolean(load_default=None, metadata={"description": "Only active, or only inactive ones"})


class OfficialChange(Input):
    """What may be changed of an official; what is left out stays."""

    staff_code = _staff_code()
    full_name = Text(max=NAME_MAX, metadata={"example": "Nguyễn Văn An"})
    given_name = Text(max=NAME_MAX, metadata={"description": "The name to sort by", "example": "An"})
    email = Email(allow_none=True)
    phone = Phone(allow_none=True)
    home_body = Text(
        max=BODY_MAX,
        allow_none=True,
        metadata={"description": "Home organisation", "example": "Sở Nông nghiệp và Môi trường"},
    )
    unit = UnitRef(description="Home unit, whose territory the official belongs to: its code today, or its id")
    language = fields.String(validate=validate.OneOf(LANGUAGES), metadata={"description": "Language of messages"})
    active = fields.Boolean(metadata={"description": "An inactive official holds no post and is told nothing"})


class OfficialInput(OfficialChange):
    """A new official."""

    full_name = Text(required=True, max=NAME_MAX, metadata={"example": "Nguyễn Văn An"})
    given_name = Text(required=True, max=NAME_MAX, metadata={"description": "The name to sort by", "example": "An"})
    unit = UnitRef(required=True, description="Home unit: its code today, or its id")
    language = fields.String(load_default="vi", validate=validate.OneOf(LANGUAGES))

    class Meta(Input.Meta):
        exclude = ("active",)


class OfficialOutput(Output):
    """An official."""

    id = fields.UUID(required=True)
    staff_code = fields.String(required=True, allow_none=True)
    full_name = fields.String(required=True)
    given_name = fields.String(required=True)
    email = fields.String(allow_none=True, metadata={"description": _CONTACT_RULE})
    phone = fields.String(allow_none=True, metadata={"description": f"E.164. {_CONTACT_RULE}"})
    home_body = fields.String(required=True, allow_none=True)
    unit = fields.Nested(UnitBrief, required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    active = fields.Boolean(required=True)
    version = fields.Integer(required=True)

    @post_dump
    def keep_contacts_private(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Contact details are for those who manage assignments."""
        if not principal().may("assignments:write"):
            for name in _CONTACTS:
                data.pop(name, None)
        return data


OFFICIAL_INPUT_EXAMPLE = {
    "staff_code": "BT-00123",
    "full_name": "Nguyễn Văn An",
    "given_name": "An",
    "email": "an.nguyen@bentre.example",
    "phone": "0912 345 678",
    "home_body": "Sở Nông nghiệp và Môi trường",
    "unit": "83",
}

OFFICIAL_EXAMPLE = OFFICIAL_INPUT_EXAMPLE | {
    "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
    "phone": "+84912345678",
    "unit": UNIT_BRIEF_EXAMPLE | {"code": "83", "name": "Tỉnh Bến Tre"},
    "language": "vi",
    "active": True,
    "version": 1,
}
