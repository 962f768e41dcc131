"""What the other services are told: units, hamlets, clusters and assignments as they now stand, and where the open
work of each unit goes. Of officials only the home changes, which nobody else knows of."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from services.assignments.assignments.model import Assignment
from services.assignments.assignments.queries import TOLD
from services.assignments.assignments.rules import assignment_told
from services.assignments.clusters.model import Cluster, Membership
from services.assignments.clusters.rules import cluster_changed
from services.assignments.database import among
from services.assignments.hamlets.model import Hamlet
from services.assignments.hamlets.rules import hamlet_changed
from services.assignments.reorganisations.model import Item, ListedUnit, Reorganisation
from services.assignments.reorganisations.rules import Subject
from services.assignments.units.model import Unit
from services.assignments.units.rules import unit_changed
from shared.contracts.assignments import REORGANISATION_UNDO_ASKED, UNIT_SUCCEEDED
from shared.messaging.events import NewEvent
from shared.messaging.outbox import record_many

_BATCH = 5000
_FRESH = {"populate_existing": True}  # bulk statements have passed what the session holds


def tell_units(session: Session, ids: Collection[UUID]) -> None:
    """unit.changed of each."""
    for batch in _batches(ids):
        rows = session.execute(select(Unit.__table__).where(among(Unit.id, batch)))
        record_many(session, [(unit_changed(row._asdict()), None) for row in rows])


def tell_hamlets(session: Session, ids: Collection[UUID]) -> None:
    """hamlet.changed of each."""
    for batch in _batches(ids):
        rows = session.execute(select(Hamlet.__table__).where(among(Hamlet.id, batch)))
        record_many(session, [(hamlet_changed(row), None) for row in rows])


def tell_clusters(session: Session, ids: Collection[UUID]) -> None:
    """cluster.changed of each."""
    whole = (joinedload(Cluster.district), selectinload(Cluster.memberships).joinedload(Membership.commune))
    for batch in _batches(ids):
        found = session.scalars(
            select(Cluster).options(*whole).where(among(Cluster.id, batch)), execution_options=_FRESH
        )
        record_many(session, [(cluster_changed(each), None) for each in found])


def tell_assignments(session: Session, ids: Collection[UUID]) -> None:
    """assignment.changed of each."""
    for batch in _batches(ids):
        rows = session.execute(TOLD.where(among(Assignment.id, batch))).mappings()
        record_many(session, [(assignment_told(row), None) for row in rows])


def tell_successions(
    session: Session,
    made: Reorganisation,
    heirs: Mapping[UUID, UUID],
    *,
    undone: bool,
    checks: Collection[UUID] = (),
    back: bool = False,
) -> None:
    """unit.succeeded: the open work of each unit goes to its heir (or, `undone`, comes back). `checks`: those where
    a person should look whether the heir is the right one. `back`: the hamlets, too, go from the new to the old."""
    for batch in _batches(_successions(session, made, heirs, undone, checks, back)):
        record_many(session, [(event, None) for event in batch])


def successions_in_effect(session: Session) -> Iterator[NewEvent]:
    """unit.succeeded of every unit whose work goes to another one as things stand, to be told again. Of two that
    speak of one unit the first is the younger."""
    applied = select(Reorganisation).where(Reorganisation.applied_at.is_not(None))
    for made in session.scalars(applied.order_by(Reorganisation.applied_at.desc())).all():
        forth = session.execute(
            select(Unit.id, Unit.succeeded_by, Item.needs_decision & Item.decided_at.is_(None))
            .join(Item, Item.subject_id == Unit.id)
            .where(Item.reorganisation_id == made.id, Item.kind == Subject.UNIT, Unit.succeeded_by == Item.new_id)
        ).all()
        checks = {each for each, _, check in forth if check}
        yield from _successions(session, made, {each: heir for each, heir, _ in forth}, False, checks, False)
        began = select(Unit.id, Unit.succeeded_by).join(ListedUnit, ListedUnit.unit_id == Unit.id)
        began = began.where(ListedUnit.reorganisation_id == made.id, Unit.succeeded_by.is_not(None))
        back = {each: heir for each, heir in session.execute(began)}
        yield from _successions(session, made, back, False, (), True)


def _successions(
    session: Session,
    made: Reorganisation,
    heirs: Mapping[UUID, Any],
    undone: bool,
    checks: Collection[UUID],
    back: bool,
) -> list[NewEvent]:
    hamlets = _hamlet_heirs(session, made, back=back)
    wanted = {*heirs, *heirs.values(), *(row["unit_id"] for rows in hamlets.values() for row in rows)}
    units = {row.id: row for row in session.execute(select(Unit.__table__).where(among(Unit.id, wanted)))}
    names = _full_names(session, units.values())

    def facts(unit_id: UUID) -> dict[str, Any]:
        unit = units[unit_id]
        return {"unit_id": unit_id, "code": unit.code, "path": unit.path, "name": names[unit_id]}

    events = []
    for old_id, heir_id in heirs.items():
        data = {
            "reorganisation_id": made.id,
            "effective_on": made.effective_on,
            "undone": undone,
            "check": old_id in checks,
            "unit": facts(old_id),
            "heir": facts(heir_id),
            "hamlets": [
                {
                    "hamlet_id": row["hamlet_id"],
                    "heir_id": row["heir_id"],
                    "name": row["name"],
                    "unit": facts(row["unit_id"]),
                }
                for row in hamlets.get(old_id, ())
            ],
        }
        events.append(NewEvent(UNIT_SUCCEEDED, str(old_id), units[old_id].version, data))
    return events


def undo_asked(session: Session, made: Reorganisation) -> NewEvent:
    """Whether anything depends on the units that began."""
    began = session.execute(
        select(Unit.id, Unit.path)
        .join(ListedUnit, ListedUnit.unit_id == Unit.id)
        .where(ListedUnit.reorganisation_id == made.id)
        .order_by(Unit.path)
    )
    data = {
        "reorganisation_id": made.id,
        "asked_version": made.version,
        "units": [{"unit_id": unit_id, "path": path} for unit_id, path in began],
    }
    return NewEvent(REORGANISATION_UNDO_ASKED, str(made.id), made.version, data)


def _hamlet_heirs(session: Session, made: Reorganisation, *, back: bool) -> dict[UUID, list[dict[str, Any]]]:
    """By unit: each hamlet that goes on, where and under which name."""
    old, new = aliased(Hamlet), aliased(Hamlet)
    rows = session.execute(
        select(old.id, old.name, old.unit_id, new.id, new.name, new.unit_id)
        .select_from(Item)
        .join(old, old.id == Item.subject_id)
        .join(new, new.id == Item.new_id)
        .where(Item.reorganisation_id == made.id, Item.kind == Subject.HAMLET)
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        before, after = (row[3:], row[:3]) if back else (row[:3], row[3:])
        heir = {"hamlet_id": before[0], "heir_id": after[0], "name": after[1], "unit_id": after[2]}
        found[before[2]].append(heir)
    return found


def _full_names(session: Session, units: Iterable[Any]) -> dict[UUID, str]:
    """ "Xã X, Huyện Y, Tỉnh Z" of each."""
    chosen = list(units)
    loaded = {unit.id: unit for unit in chosen}
    missing = {unit.parent_id for unit in chosen} - {None, *loaded}
    while missing:
        rows = session.execute(select(Unit.__table__).where(among(Unit.id, missing))).all()
        loaded |= {row.id: row for row in rows}
        missing = {row.parent_id for row in rows} - {None, *loaded}
    return {unit.id: ", ".join(_names(unit, loaded)) for unit in chosen}


def _names(unit: Any, loaded: Mapping[UUID, Any]) -> Iterator[str]:
    while unit is not None:
        yield unit.name
        unit = loaded.get(unit.parent_id)


def _batches(things: Collection[Any]) -> Iterator[Sequence[Any]]:
    ordered = list(things)
    for start in range(0, len(ordered), _BATCH):
        yield ordered[start : start + _BATCH]
