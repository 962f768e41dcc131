"""Reading absences."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from services.assignments.absences.model import Absence
from services.assignments.absences.rules import LIVE, shares_assignments
from services.assignments.assignments.model import Assignment
from services.assignments.officials.model import Official
from services.assignments.officials.queries import visible
from services.assignments.responsibility import standing
from services.assignments.validity import overlapping, valid_on
from shared.errors import NotFound
from shared.prepared import Prepared
from shared.web.auth import Principal
from shared.web.paging import paginate

_WITH_PEOPLE = (joinedload(Absence.official).joinedload(Official.unit), joinedload(Absence.substitute))

# The absences of some officials, and of all who would stand in for them, in force on some day of a period.
_CHAINS = Prepared(
    """
    WITH RECURSIVE away AS (
        SELECT id, official_id, substitute_id, assignment_ids, valid_from, valid_to FROM absences
        WHERE official_id = ANY(CAST(:officials AS uuid[])) AND state = 'approved'
            AND valid_from < CAST(:until AS date) AND (valid_to IS NULL OR valid_to > CAST(:since AS date))
        UNION
        SELECT further.* FROM away CROSS JOIN LATERAL (
            SELECT id, official_id, substitute_id, assignment_ids, valid_from, valid_to FROM absences
            WHERE official_id = away.substitute_id AND state = 'approved'
                AND valid_from < CAST(:until AS date) AND (valid_to IS NULL OR valid_to > CAST(:since AS date))
            OFFSET 0
        ) AS further
    )
    SELECT away.id, away.official_id, person.id AS substitute_id, person.full_name, away.assignment_ids,
        away.valid_from, away.valid_to
    FROM away LEFT JOIN officials AS person ON person.id = away.substitute_id AND person.active
    """
)


def chains(session: Session, officials: Collection[UUID], since: date, until: date) -> list[standing.Absence]:
    """What is needed to know who acts for these officials on the days [since, until)."""
    if not officials:
        return []
    rows = _CHAINS.named(session, {"officials": list(officials), "since": since, "until": until})
    return [
        standing.Absence(
            row.id,
            row.official_id,
            standing.Person(row.substitute_id, row.full_name) if row.substitute_id else None,
            row.assignment_ids,
            row.valid_from,
            row.valid_to,
        )
        for row in rows
    ]


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of the absences of officials this client may see, oldest record first."""
    statement = (
        select(Absence)
        .join(Absence.official)
        .join(Official.unit)
        .options(contains_eager(Absence.official).contains_eager(Official.unit), joinedload(Absence.substitute))
        .where(visible(who) if who.official is None else visible(who) | (Absence.official_id == who.official))
    )
    for name in ("official", "substitute"):
        if filters[name] is not None:
            statement = statement.where(getattr(Absence, f"{name}_id") == filters[name])
    if filters["state"]:
        statement = statement.where(Absence.state == filters["state"])
    if filters["at"]:
        statement = statement.where(valid_on(Absence, filters["at"]))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Absence.id, **paging)


def one(session: Session, absence_id: UUID, who: Principal, *, lock: bool = False) -> Absence:
    """The absence of an official this client may see, or is, locked if it is to be changed; raises NotFound."""
    if lock:
        session.execute(select(Absence.id).where(Absence.id == absence_id).with_for_update())
    absence = session.get(Absence, absence_id, options=_WITH_PEOPLE, populate_existing=lock)
    if absence is None:
        raise NotFound()
    seen = select(Official.id).join(Official.unit).where(Official.id == absence.official_id, visible(who))
    if absence.official_id != who.official and session.scalar(seen) is None:
        raise NotFound()
    return absence


def person(session: Session, official_id: UUID) -> Official | None:
    """An official with the home unit, wherever that is."""
    return session.get(Official, official_id, options=[joinedload(Official.unit)])


def foreign(session: Session, official_id: UUID, assignments: Collection[UUID]) -> set[UUID]:
    """Those of the assignments named that are not this official's."""
    own = select(Assignment.id).where(Assignment.official_id == official_id, Assignment.id.in_(assignments))
    return set(assignments) - set(session.scalars(own))


def in_its_way(session: Session, absence: Absence) -> bool:
    """Whether another live absence of the official shares days and assignments with this one."""
    aside = aliased(Absence)
    others = select(aside.assignment_ids).where(
        aside.official_id == absence.official_id,
        aside.id != absence.id,
        aside.state.in_(LIVE),
        overlapping(aside, absence.valid_from, absence.valid_to),
    )
    return any(shares_assignments(absence.assignment_ids, each) for each in session.scalars(others))
