"""Who is away, and who stands in."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.absences.model import KnownAbsence
from services.visits.absences.rules import Away, Known, by_official
from services.visits.officials.model import Official


def away(session: Session, people: Iterable[UUID]) -> Known:
    """The absences of these officials, and of whoever may come to stand in for them: a statement for each length of
    the chains, and one where nobody is away."""
    found: list[Away] = []
    met, asked = set(people), set(people)
    while asked:
        fresh = [_as_rule(*row) for row in session.execute(_ABSENCES.where(KnownAbsence.official_id.in_(asked)))]
        found += fresh
        asked = {each.substitute_id for each in fresh if each.substitute_id is not None} - met
        met |= asked
    return by_official(found)


def waiting_for(session: Session, people: Iterable[UUID]) -> set[UUID]:
    """These officials, and everybody for whom they stand in, by whatever chain."""
    met, asked = set(people), set(people)
    while asked:
        before = select(KnownAbsence.official_id).where(KnownAbsence.substitute_id.in_(asked), KnownAbsence.counts)
        asked = set(session.scalars(before)) - met
        met |= asked
    return met


_ABSENCES = (
    select(KnownAbsence, Official.active)
    .outerjoin(Official, Official.id == KnownAbsence.substitute_id)
    .where(KnownAbsence.counts)
)


def _as_rule(row: KnownAbsence, active: bool | None) -> Away:
    """A substitute who was not heard of yet counts as active."""
    substitute = row.substitute_id if active is not False else None
    limited = None if row.assignment_ids is None else frozenset(row.assignment_ids)
    return Away(row.id, row.official_id, substitute, limited, row.valid_from, row.valid_to)
