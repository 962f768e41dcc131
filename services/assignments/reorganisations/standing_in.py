"""Who stands in for the holder of certain assignments does so for what they have become."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.assignments.absences.rules import State, absence_changed
from shared.messaging.outbox import record_many

_FOLLOW = text(
    """
    UPDATE absences SET assignment_ids = assignment_ids || joining.ids, version = version + 1 FROM (
        SELECT absences.id, array_agg(DISTINCT given.heir) AS ids
        FROM absences JOIN unnest(CAST(:old AS uuid[]), CAST(:new AS uuid[])) AS given (id, heir)
            ON given.id = ANY(absences.assignment_ids)
        GROUP BY absences.id
    ) AS joining WHERE joining.id = absences.id RETURNING absences.*
    """
)
_FORGET = text(
    """
    UPDATE absences SET assignment_ids = ARRAY(
        SELECT each FROM unnest(assignment_ids) AS each WHERE NOT each = ANY(CAST(:ids AS uuid[]))
    ), version = version + 1 WHERE assignment_ids && CAST(:ids AS uuid[]) RETURNING absences.*
    """
)


def follow(session: Session, heirs: Mapping[UUID, UUID]) -> None:
    """Absences from an assignment are also from its heir."""
    _tell(session, session.execute(_FOLLOW, {"old": list(heirs), "new": list(heirs.values())}))


def forget(session: Session, ids: Sequence[UUID]) -> None:
    """Absences are from these no more."""
    _tell(session, session.execute(_FORGET, {"ids": ids}))


def _tell(session: Session, changed: Iterable[Any]) -> None:
    record_many(session, [(absence_changed(row), None) for row in changed if row.state == State.APPROVED])
