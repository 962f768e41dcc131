"""What the views' documentation has in common: headers, and a field for days."""

from collections.abc import Callable
from datetime import date
from typing import Any

from marshmallow import fields, validate

from shared.web.input import Blueprint

ETAG = {"ETag": {"description": "The version; send it back in If-Match", "schema": {"type": "string"}}}
CREATED = {"Location": {"description": "Where the new record is", "schema": {"type": "string"}}}

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag of the version this change was made from, or *",
    "schema": {"type": "string"},
    "example": '"1"',
}
_CHANGE = {
    "404": {"description": "No such record inside the territory"},
    "409": {"description": "Conflicts with what is recorded"},
    "412": {"description": "The record has changed since"},
    "428": {"description": "If-Match is missing"},
}


def changes_a_record() -> Callable[[Any], Any]:
    """Documents an operation that needs If-Match."""
    return Blueprint.doc(parameters=[_IF_MATCH], responses=_CHANGE)


def may_be_missing() -> Callable[[Any], Any]:
    """Documents a 404."""
    return Blueprint.doc(responses={"404": _CHANGE["404"]})


def day(description: str, **kwargs: Any) -> fields.Date:
    """A calendar day of a plausible year."""
    limits = validate.Range(date(1900, 1, 1), date(2999, 12, 31))
    return fields.Date(validate=limits, metadata={"description": description, "example": "2026-03-02"}, **kwargs)
