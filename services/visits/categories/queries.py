"""Reading categories."""

import time
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.categories.model import Category
from shared.errors import BadInput

_KEPT = 10.0  # seconds
_remembered: WeakKeyDictionary[object, dict[str, tuple[float, bool]]] = WeakKeyDictionary()


def listing(session: Session) -> Sequence[Category]:
    """All categories in the order they are shown."""
    return session.scalars(select(Category).order_by(Category.position, Category.code)).all()


def check_active(session: Session, code: str) -> None:
    """Raises BadInput naming `category` if nothing can be reported under it."""
    if not _known(session, code):
        raise BadInput("There is no such category in use; GET /categories lists them.", field="category")


def check_known(session: Session, code: str) -> None:
    """Raises BadInput naming `category` if there is none, in use or not."""
    if _known(session, code) is None:
        raise BadInput("There is no such category; GET /categories lists them.", field="category")


def _known(session: Session, code: str) -> bool | None:
    """Whether a category is in use; None if there is none. What is known is remembered for seconds."""
    memory = _remembered.setdefault(session.bind, {})
    until, active = memory.get(code, (0.0, False))
    if time.monotonic() < until:
        return active
    found = session.scalar(select(Category.active).where(Category.code == code))
    if found is not None:
        memory[code] = (time.monotonic() + _KEPT, found)
    return found
