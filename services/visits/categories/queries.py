"""Reading categories."""

import time
from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.categories.model import Category
from shared.errors import BadInput, NotFound
from shared.prepared import Prepared

_KEPT = 10.0  # seconds
_remembered: WeakKeyDictionary[object, dict[str, tuple[float, "_Known"]]] = WeakKeyDictionary()

_KNOWN = Prepared(
    """
    WITH RECURSIVE below AS (
        SELECT code, 0 AS depth FROM categories WHERE code = :code
        UNION SELECT child.code, depth + 1 FROM categories AS child JOIN below ON child.parent = below.code
    )
    SELECT active, needs_evidence, (SELECT array_agg(code ORDER BY depth, code) FROM below)
    FROM categories WHERE code = :code
    """
)


class _Known(NamedTuple):
    active: bool
    needs_evidence: bool
    with_below: list[str]


def listing(session: Session) -> Sequence[Category]:
    """All categories in the order they are shown."""
    return session.scalars(select(Category).order_by(Category.position, Category.code)).all()


def one(session: Session, code: str) -> Category:
    """The category with this code; raises NotFound."""
    found = session.get(Category, code)
    if found is None:
        raise NotFound()
    return found


def check_active(session: Session, code: str) -> None:
    """Raises BadInput naming `category` if nothing can be reported under it."""
    known = _known(session, code)
    if not (known and known.active):
        raise BadInput("There is no such category in use; GET /categories lists them.", field="category")


def check_known(session: Session, code: str) -> None:
    """Raises BadInput naming `category` if there is none, in use or not."""
    with_below(session, code)


def with_below(session: Session, code: str) -> list[str]:
    """The category and all below it; raises BadInput naming `category` if there is none, in use or not."""
    known = _known(session, code)
    if known is None:
        raise BadInput("There is no such category; GET /categories lists them.", field="category")
    return known.with_below


def needs_evidence(session: Session, code: str) -> bool:
    """Whether an issue of this category is resolved with evidence only."""
    known = _known(session, code)
    return known is not None and known.needs_evidence


def forget(session: Session) -> None:
    """Read categories again next time: they have been changed here."""
    _remembered.pop(session.bind, None)


def _known(session: Session, code: str) -> _Known | None:
    """A category; None if there is none. What is known is remembered for seconds."""
    memory = _remembered.setdefault(session.bind, {})
    until, known = memory.get(code, (0.0, None))
    if known and time.monotonic() < until:
        return known
    row = _KNOWN.row(session, {"code": code})
    if row is None:
        return None
    memory[code] = (time.monotonic() + _KEPT, _Known(*row))
    return memory[code][1]
