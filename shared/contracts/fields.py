"""Base of the event schemas: unknown fields are ignored, so that a producer may add some first."""

from marshmallow import EXCLUDE, Schema, fields


class EventData(Schema):
    """The `data` of an event."""

    class Meta:
        unknown = EXCLUDE


def text(**kwargs: object) -> fields.String:
    """A required text."""
    return fields.String(required=True, **kwargs)  # type: ignore[arg-type]


def optional_text() -> fields.String:
    """A text that may be null."""
    return fields.String(required=True, allow_none=True)


def identifier(**kwargs: object) -> fields.UUID:
    """A required UUID."""
    return fields.UUID(required=True, **kwargs)  # type: ignore[arg-type]
