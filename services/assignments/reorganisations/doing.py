"""The items of a plan while it is carried out: tens of thousands, so no models, and written together in the end."""

import gc
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assignments.database import update_rows
from services.assignments.reorganisations.model import Item, Reorganisation

Items = dict[str, list["Done"]]  # by kind

_NAMES = (
    "id", "kind", "subject_id", "subject_version", "unit_id", "outcome", "needs_decision", "default_code",
    "default_basis", "chosen_code", "chosen_end", "chosen_post", "decided_at", "details", "former", "new_id",
)  # fmt: skip


class Progress(Protocol):
    """Is told what is done next, and how many rows that is about, where it is known."""

    def __call__(self, step: str, rows: int | None = None) -> None: ...


def untold(step: str, rows: int | None = None) -> None:
    """Progress that nobody wants to hear of."""


_BATCH = 10_000  # of JSON parsed at once


@dataclass(slots=True)
class Done:
    """One item: as planned and decided, what it was (`former`) and what it has become (`new_id`)."""

    id: UUID
    kind: str
    subject_id: UUID
    subject_version: int
    unit_id: UUID | None
    outcome: str
    needs_decision: bool
    default_code: str | None
    default_basis: str
    chosen_code: str | None
    chosen_end: bool
    chosen_post: str | None
    decided_at: datetime | None
    details: dict[str, Any]
    former: dict[str, Any] | None
    new_id: UUID | None

    code = property(Item.code.fget)  # type: ignore[attr-defined]
    decided = property(Item.decided.fget)  # type: ignore[attr-defined]


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles of objects: half a million are held until the end, none in a cycle, and looking
    through them again and again takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def done(session: Session, made: Reorganisation) -> Items:
    """All items by kind, in the order in which they were drafted."""
    wanted = select(*(getattr(Item, name) for name in _NAMES)).where(Item.reorganisation_id == made.id)
    found: Items = defaultdict(list)
    for row in session.execute(wanted.order_by(Item.id)):
        found[row.kind].append(Done(*row))
    return found


def keep(session: Session, items: Items) -> None:
    """Write down what each was and has become."""
    rows = [
        {"id": each.id, "former": each.former, "new_id": each.new_id} for same in items.values() for each in same
    ]
    for start in range(0, len(rows), _BATCH):
        update_rows(session, Item, rows[start : start + _BATCH])
