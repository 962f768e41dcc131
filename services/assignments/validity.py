"""Validity: periods of days from `valid_from` until just before `valid_to`, which may be open (None)."""

from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, or_


class Dated(Protocol):
    """Anything with a validity."""

    @property
    def valid_from(self) -> Any:
        """The first day."""

    @property
    def valid_to(self) -> Any:
        """The first day it is no longer valid; None while open."""


def is_valid(it: Dated, at: date) -> bool:
    """Whether it is valid on a day."""
    return it.valid_from <= at and (it.valid_to is None or at < it.valid_to)


def overlap(from_a: date, to_a: date | None, from_b: date, to_b: date | None) -> bool:
    """Whether two periods share a day. A period that ended on its first day holds none."""
    first, end = max(from_a, from_b), min(to_a or date.max, to_b or date.max)
    return first < end and all(to is None or since < to for since, to in ((from_a, to_a), (from_b, to_b)))


def valid_on(entity: Any, day: date) -> ColumnElement[bool]:
    """The rows valid on a day."""
    return and_(entity.valid_from <= day, or_(entity.valid_to.is_(None), entity.valid_to > day))


def overlapping(entity: Any, since: date, until: date | None) -> ColumnElement[bool]:
    """The rows whose validity shares a day with [since, until)."""
    open_or_later = or_(
        entity.valid_to.is_(None), and_(entity.valid_to > since, entity.valid_to > entity.valid_from)
    )
    return open_or_later if until is None else and_(open_or_later, entity.valid_from < until)
