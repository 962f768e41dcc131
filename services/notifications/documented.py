"""What the views' documentation has in common."""

from collections.abc import Callable
from typing import Any

from shared.web.input import Blueprint

ETAG = {"ETag": {"description": "The version; send it back in If-Match", "schema": {"type": "string"}}}
CREATED = ETAG | {"Location": {"description": "Where the new record is", "schema": {"type": "string"}}}

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag of the version this change was made from, or *",
    "schema": {"type": "string"},
    "example": '"1"',
}
_CHANGE = {
    "404": {"description": "No such record, or not one you may see"},
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
