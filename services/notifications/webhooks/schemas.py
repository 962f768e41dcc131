"""Webhook endpoints as the API reads and shows them."""

from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields

from shared.web.schemas import Input, Output, Text


def _address(value: str) -> None:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        good = False
    if not good or " " in value or not value.isascii():
        raise ValidationError("Expected https://host/path.")


class Address(Text):
    """An http(s) address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        _address(text)
        return text


class EndpointInput(Input):
    """A new endpoint."""

    official = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Whose notifications; null: everybody's"}
    )
    url = Address(required=True, max=2000)


class EndpointChange(Input):
    """What of an endpoint may be changed."""

    url = Address(required=True, max=2000)
    active = fields.Boolean(required=True, truthy={True}, falsy={False})


class EndpointOutput(Output):
    """An endpoint, without its secret."""

    id = fields.UUID(required=True)
    official_id = fields.UUID(required=True, allow_none=True)
    url = fields.String(required=True)
    active = fields.Boolean(required=True)
    inactive_reason = fields.String(required=True, allow_none=True)
    old_until = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Until when the secret before signs, too"}
    )
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)
    version = fields.Integer(required=True)


class SecretOutput(EndpointOutput):
    """An endpoint with its new secret, which is shown this once."""

    secret = fields.String(required=True)


INPUT_EXAMPLE: dict[str, Any] = {"official": None, "url": "https://nhan.bentre.example/cau-noi"}
CHANGE_EXAMPLE: dict[str, Any] = {"url": "https://nhan.bentre.example/cau-noi", "active": True}
ENDPOINT_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c0aa",
    "official_id": None,
    "url": "https://nhan.bentre.example/cau-noi",
    "active": True,
    "inactive_reason": None,
    "old_until": None,
    "created_at": "2026-03-02T01:45:01+00:00",
    "created_by": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "version": 1,
}
SECRET_EXAMPLE = ENDPOINT_EXAMPLE | {"secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}
PAGE_EXAMPLE = {"items": [ENDPOINT_EXAMPLE], "next_cursor": None}
