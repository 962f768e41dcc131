"""Undoing: a compensating deed. What began ends on its first day, so it never was; what ended goes on.

Whatever reached a new unit meanwhile (a request that was under way) has that unit's predecessor as its heir.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from services.assignments.assignments.model import Assignment
from services.assignments.clients.model import Client
from services.assignments.clusters.model import Cluster, Membership
from services.assignments.database import among, update_rows
from services.assignments.hamlets.model import Hamlet
from services.assignments.officials.model import Official
from services.assignments.reorganisations import periods, standing_in, telling
from services.assignments.reorganisations.applying import LOCKED
from services.assignments.reorganisations.dependents import began, dependents
from services.assignments.reorganisations.doing import Done, Progress, done, uncollected, untold
from services.assignments.reorganisations.model import Reorganisation
from services.assignments.reorganisations.rules import Outcome, State, Subject
from services.assignments.units.model import Unit
from shared import clock
from shared.errors import RuleBroken
from shared.web.auth import Principal


def undo(session: Session, made: Reorganisation, who: Principal, progress: Progress = untold) -> Reorganisation:
    """Undo it; never commits. Raises RuleBroken unless that was asked for and nothing depends on it."""
    with uncollected():
        return _undo(session, made, who, progress)


def _undo(session: Session, made: Reorganisation, who: Principal, progress: Progress) -> Reorganisation:
    made.go(
        State.UNDONE, of=(State.UNDO_READY,), why="Ask first whether it can be undone, and wait for the answer."
    )
    session.execute(text(LOCKED))
    progress("checking")
    if found := dependents(session, made):
        raise RuleBroken(f"It can no longer be undone: {'; '.join(found)}.", dependents=found)
    undoing = _Undoing(session, made)
    for step in (
        undoing.assignments,
        undoing.hamlets,
        undoing.clusters,
        undoing.units,
        undoing.access,
        undoing.tell,
    ):
        progress(step.__name__)
        step()
    made.undone_at, made.undone_by = clock.now(), who.client_id
    return made


class _Undoing:
    """One run."""

    def __init__(self, session: Session, made: Reorganisation) -> None:
        self.session, self.made = session, made
        self.items = done(session, made)
        self.began = began(session, made)
        self.heirs = self._predecessors()

    def assignments(self) -> None:
        """Those that began never did; those that ended go on."""
        periods.annul(self.session, Assignment, self.began["assignments"])
        standing_in.forget(self.session, self.began["assignments"])
        periods.restore(self.session, Assignment, _ends(self.items[Subject.ASSIGNMENT]))

    def hamlets(self) -> None:
        """The same, and the old ones have no heirs any more."""
        items = self.items[Subject.HAMLET]
        periods.give_back(self.session, Hamlet, {each.new_id: each.subject_id for each in items if each.new_id})
        periods.go_on(self.session, Hamlet, _ends(items))

    def clusters(self) -> None:
        """They hold again what they held."""
        clusters = self.items[Subject.CLUSTER]
        former = [each.former or {} for each in clusters]
        periods.annul(
            self.session, Membership, [UUID(each) for row in former for each in row["joined"]], versioned=False
        )
        members = {UUID(each): day for row in former for each, day in row["members"].items()}
        periods.restore(self.session, Membership, members, versioned=False)
        periods.restore(self.session, Cluster, _ends(each for each in clusters if each.outcome == Outcome.ENDS))
        lasted = [each.subject_id for each in clusters if each.outcome != Outcome.ENDS]
        self.session.execute(update(Cluster).where(among(Cluster.id, lasted)).values(version=Cluster.version + 1))

    def units(self) -> None:
        """The new ones first: of a code one unit is open at a time."""
        periods.give_back(self.session, Unit, {each: self.heirs.get(each) for each in self.began["units"]})
        periods.go_on(self.session, Unit, _ends(self.items[Subject.UNIT]))

    def access(self) -> None:
        """Homes and territories go back, unless somebody has set them since."""
        went = {each.subject_id: each for each in self.items[Subject.OFFICIAL]}
        stayed = select(Official.id, Official.unit_id, Official.version).where(among(Official.id, went))
        homes = [
            {"id": row.id, "unit_id": (went[row.id].former or {})["unit_id"], "version": row.version + 1}
            for row in self.session.execute(stayed)
            if row.unit_id == went[row.id].new_id
        ]
        update_rows(self.session, Official, homes)
        for item in self.items[Subject.CLIENT]:
            client = self.session.get_one(Client, item.subject_id)
            former = item.former or {}
            added = set(former["after"]) - set(former["territories"])
            client.territories = [each for each in client.territories if each not in added]

    def tell(self) -> None:
        """Everything, once it all stands: what moved comes back first, then what reached a new unit meanwhile goes
        to its predecessor."""
        self.session.flush()
        units, hamlets = self.items[Subject.UNIT], self.items[Subject.HAMLET]
        moved = {each.subject_id: each.new_id for each in units if each.new_id is not None}
        clusters = [each.subject_id for each in self.items[Subject.CLUSTER]]
        assignments = [each.subject_id for each in self.items[Subject.ASSIGNMENT]]
        old_units, old_hamlets = [each.subject_id for each in units], [each.subject_id for each in hamlets]
        telling.tell_units(self.session, old_units + self.began["units"])
        telling.tell_hamlets(self.session, old_hamlets + self.began["hamlets"])
        telling.tell_clusters(self.session, clusters)
        telling.tell_assignments(self.session, assignments + self.began["assignments"])
        telling.tell_successions(self.session, self.made, moved, undone=True)
        telling.tell_successions(self.session, self.made, self.heirs, undone=False, back=True)

    def _predecessors(self) -> dict[UUID, UUID]:
        """Of each unit that began: the first that went to it, those that went whole before others."""
        found: dict[UUID, UUID] = {}
        for each in sorted(self.items[Subject.UNIT], key=lambda item: (item.needs_decision, item.details["code"])):
            if each.new_id is not None:
                found.setdefault(each.new_id, each.subject_id)
        return found


def _ends(items: Iterable[Done]) -> dict[UUID, str | None]:
    return {each.subject_id: (each.former or {})["valid_to"] for each in items}
