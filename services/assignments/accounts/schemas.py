"""Accounts as the API reads and shows them."""

from typing import Any

from marshmallow import ValidationError, fields

from services.assignments.accounts import rules
from services.assignments.assignments.schemas import OfficialBrief
from services.assignments.clients.schemas import TokenOutput
from shared.text import nfc
from shared.web.schemas import Input, Output, Text


class Password(fields.String):
    """A password: every character counts, also at its ends; NFC, so that each keyboard writes the same one."""

    def __init__(self, **kwargs: Any) -> None:
        about = {"format": "password", "maxLength": rules.PASSWORD_MAX, "example": "bốn chiếc thuyền xuôi dòng"}
        super().__init__(metadata=about, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = nfc(super()._deserialize(value, attr, data, **kwargs))
        if not 1 <= len(text) <= rules.PASSWORD_MAX:
            raise ValidationError(f"Length must be between 1 and {rules.PASSWORD_MAX}.")
        if not all(each.isprintable() or each == "\u3000" for each in text):
            raise ValidationError("Control characters are not allowed.")
        return text


def _token(about: str) -> Text:
    return Text(required=True, max=200, metadata={"description": about, "example": TOKEN_EXAMPLE})


TOKEN_EXAMPLE = "kq7d2Yx0Zr3mF9uVbE1cTgHs4LpNwJaRo6iSyQXfDkU"


class SignInInput(Input):
    """Who signs in."""

    email = Text(required=True, max=254, metadata={"example": "an.nguyen@bentre.example"})
    password = Password(required=True)
    code = Text(
        load_default=None,
        max=40,
        metadata={"description": "Of the authenticator, or a recovery code", "example": "287082"},
    )


class SignInCodeInput(Input):
    """The second step of signing in."""

    challenge = Text(required=True, max=500, metadata={"description": "From the answer to the password"})
    code = Text(required=True, max=40, metadata={"description": "Of the authenticator, or a recovery code"})


class SignedOutput(TokenOutput):
    """The tokens of an official who has signed in."""

    refresh_token = fields.String(required=True, metadata={"description": "Good once: see POST /oauth/token"})
    capacity = fields.String(required=True, metadata={"description": "posts, or the code of a role"})


class SignOutInput(Input):
    """Who signs out."""

    refresh_token = _token("The last refresh token of the session")


class ResetInput(Input):
    """Who has forgotten a password."""

    email = Text(required=True, max=254, metadata={"example": "an.nguyen@bentre.example"})


class ChosenPasswordInput(Input):
    """A password, chosen over the link of a mail."""

    token = _token("The last part of the link")
    password = Password(required=True)


class ChangedPasswordInput(Input):
    """Another password."""

    current = Password(required=True)
    password = Password(required=True)


class CodeInput(Input):
    """A code of the authenticator."""

    code = Text(required=True, max=40, metadata={"example": "287082"})


class PasswordInput(Input):
    """The password, once more."""

    current = Password(required=True)


class CapacityOutput(Output):
    """In what quality somebody may act."""

    code = fields.String(required=True, metadata={"description": "posts, or the code of a role"})
    scopes = fields.List(fields.String(), required=True)
    territories = fields.List(fields.String(), required=True, metadata={"description": "Unit paths"})


class AccountOutput(Output):
    """An account."""

    official = fields.Nested(OfficialBrief, required=True)
    login = fields.String(required=True, metadata={"description": "The e-mail address that signs in"})
    has_password = fields.Boolean(required=True)
    second_factor = fields.Boolean(required=True, metadata={"description": "Whether a code is asked for"})
    recovery_codes_left = fields.Integer(required=True)
    capacities = fields.List(fields.Nested(CapacityOutput), required=True)
    blocked_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


class SessionOutput(Output):
    """Somebody is signed in somewhere."""

    id = fields.UUID(required=True)
    method = fields.String(required=True, metadata={"description": "password or oidc"})
    capacity = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    agent = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    renewed_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class SessionsOutput(Output):
    """Where an official is signed in."""

    items = fields.List(fields.Nested(SessionOutput), required=True)


class EnrolledOutput(Output):
    """The secret of an authenticator, shown once."""

    secret = fields.String(required=True, metadata={"description": "Base32"})
    address = fields.String(required=True, metadata={"description": "otpauth://…, as a link or in a picture"})


class RecoveryOutput(Output):
    """Codes for a day without the authenticator, shown once; each is good once."""

    recovery_codes = fields.List(fields.String(), required=True)


class ProviderOutput(Output):
    """The OpenID provider officials may sign in with."""

    name = fields.String(required=True, allow_none=True, metadata={"description": "null: none is configured"})


class FlowOutput(Output):
    """The beginning of a sign-in with the provider."""

    address = fields.String(required=True, metadata={"description": "Where to send the browser"})
    flow = fields.String(required=True, metadata={"description": "Keep it in the browser and send it back"})


class FlowInput(Input):
    """What came back from the provider."""

    flow = Text(required=True, max=4000, metadata={"description": "As given at the beginning"})
    state = Text(required=True, max=500)
    code = Text(required=True, max=4000)


SIGN_IN_EXAMPLE = {"email": "an.nguyen@bentre.example", "password": "bốn chiếc thuyền xuôi dòng"}
SIGNED_EXAMPLE: dict[str, Any] = {
    "access_token": "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi…",
    "token_type": "Bearer",
    "expires_in": 900,
    "scope": "assignments:read assignments:self",
    "refresh_token": TOKEN_EXAMPLE,
    "capacity": "posts",
}
ACCOUNT_EXAMPLE: dict[str, Any] = {
    "official": {"id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33", "full_name": "Nguyễn Văn An"},
    "login": "an.nguyen@bentre.example",
    "has_password": True,
    "second_factor": False,
    "recovery_codes_left": 0,
    "capacities": [{"code": "posts", "scopes": ["assignments:read"], "territories": ["83/834/28993/"]}],
    "blocked_at": None,
    "created_at": "2026-03-02T01:45:02+00:00",
}
SESSIONS_EXAMPLE: dict[str, Any] = {
    "items": [
        {
            "id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7dab",
            "method": "password",
            "capacity": "posts",
            "address": "203.0.113.7",
            "agent": "Mozilla/5.0",
            "created_at": "2026-03-02T01:45:02+00:00",
            "renewed_at": "2026-03-02T02:00:02+00:00",
            "expires_at": "2026-04-01T01:45:02+00:00",
        }
    ]
}
