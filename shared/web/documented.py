"""What the documentation of views has in common: headers, answers, and fields for days."""

from collections.abc import Callable
from datetime import date
from typing import Any

from marshmallow import fields, validate

from shared.web.input import Blueprint

ETAG = {"ETag": {"description": "The version; send it back in If-Match", "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "Where the new record is", "schema": {"type": "string"}}}

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag of the version this change was made from, or *",
    "schema": {"type": "string"},
    "example": '"1"',
}
_CHANGE = {
    "409": {"description": "Conflicts with what is recorded"},
    "412": {"description": "The record has changed since"},
    "428": {"description": "If-Match is missing"},
}
_MISSING = "No such record inside the territory"


def changes_a_record(missing: str = _MISSING) -> Callable[[Any], Any]:
    """Documents an operation that needs If-Match."""
    return Blueprint.doc(parameters=[_IF_MATCH], responses={"404": {"description": missing}, **_CHANGE})


def may_be_missing(missing: str = _MISSING) -> Callable[[Any], Any]:
    """Documents a 404."""
    return Blueprint.doc(responses={"404": {"description": missing}})


def day(description: str, **kwargs: Any) -> fields.Date:
    """A calendar day of a plausible year."""
    limits = validate.Range(date(1900, 1, 1), date(2999, 12, 31))
    return fields.Date(validate=limits, metadata={"description": description, "example": "2026-03-02"}, **kwargs)


def first_day() -> fields.Date:
    """The first day of a validity, in answers."""
    return fields.Date(required=True, metadata={"description": "First day it is valid"})


def end_day() -> fields.Date:
    """The end of a validity, in answers."""
    about = "First day it is no longer valid; null while open"
    return fields.Date(required=True, allow_none=True, metadata={"description": about})
