"""Carrying a plan out, in one transaction: what ends gets its last day, what begins begins, the rest follows.

History stays where it was: a row that ends keeps its place, and a new row begins on the day. What each thing was
before is kept in its item, so that `undoing` can bring it back.
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from services.assignments.assignments.model import Assignment
from services.assignments.clients.model import Client
from services.assignments.clusters.model import Cluster, Membership
from services.assignments.database import among, insert_rows, update_rows
from services.assignments.hamlets.model import Hamlet
from services.assignments.officials.model import Official
from services.assignments.reorganisations import listing, periods, standing_in, telling
from services.assignments.reorganisations.doing import Done, Progress, done, keep, uncollected, untold
from services.assignments.reorganisations.model import ListedUnit, Reorganisation
from services.assignments.reorganisations.planning import drafts, fingerprint
from services.assignments.reorganisations.rules import Named, Outcome, State, Subject, bare, hamlet_names
from services.assignments.reorganisations.situation import Situation
from services.assignments.units.importer import stored_units, write_units
from services.assignments.units.model import Unit
from shared import clock
from shared.errors import Conflict
from shared.ids import uuid7
from shared.text import fold
from shared.web.auth import Principal

LOCKED = (
    "LOCK TABLE units, hamlets, clusters, cluster_communes, assignments, officials, clients "
    "IN SHARE ROW EXCLUSIVE MODE"
)


def apply(session: Session, made: Reorganisation, who: Principal, progress: Progress = untold) -> Reorganisation:
    """Carry it out; never commits. Nobody else changes units and what hangs on them meanwhile; reading
    goes on. Raises RuleBroken unless it is a plan, Conflict if what it was made from has changed since."""
    with uncollected():
        return _apply(session, made, who, progress)


def _apply(session: Session, made: Reorganisation, who: Principal, progress: Progress) -> Reorganisation:
    made.go(State.APPLIED, of=(State.PLANNED,), why="It has been applied already.")
    session.execute(text(LOCKED))
    progress("checking")
    deed = _Deed(session, made)
    for kind, step in (
        (Subject.UNIT, deed.units),
        (Subject.HAMLET, deed.hamlets),
        (Subject.CLUSTER, deed.clusters),
        (Subject.ASSIGNMENT, deed.assignments),
        (Subject.OFFICIAL, deed.officials),
        (Subject.CLIENT, deed.clients),
    ):
        progress(step.__name__, len(deed.items[kind]))
        step()
    progress("tell")
    deed.tell()
    made.applied_at, made.applied_by = clock.now(), who.client_id
    return made


class _Deed:
    """One run: the items by kind, and what they have become so far."""

    def __init__(self, session: Session, made: Reorganisation) -> None:
        self.session, self.made, self.day = session, made, made.effective_on
        self.situation = Situation(session, made)
        listing.check_fit(session, made, self.situation)
        fresh = drafts(self.situation)
        self.items = done(session, made)
        found = [each for same in self.items.values() for each in same]
        if changed := fingerprint(fresh) ^ fingerprint(found):
            count = len({(kind, subject) for kind, subject, *_ in changed})
            raise Conflict(
                f"{count} things have changed since it was planned: plan it again and look.", changed=count
            )
        self.fresh = {(each["kind"], each["subject_id"]): each for each in fresh}
        self.new: dict[str, UUID] = {}  # new unit by code
        self.new_hamlets: dict[UUID, Any] = {}  # new hamlet's row by old id
        self.begun: list[UUID] = []  # assignments
        self.reopened: dict[
            UUID, UUID
        ] = {}  # units that began before, by a deed that was undone, and their heirs then

    def units(self) -> None:
        """End the old ones, begin the new ones, and say which follows which."""
        items = self.items[Subject.UNIT]
        for item in items:
            item.former = {"valid_to": _iso(self.situation.units[item.subject_id].valid_to)}
        self.session.execute(
            update(Unit)
            .where(among(Unit.id, [item.subject_id for item in items]))
            .values(valid_to=self.day, version=Unit.version + 1)
        )
        rows = listing.unit_rows(self.session, self.made)
        stored = stored_units(self.session)
        self.reopened = {
            values["id"]: values["succeeded_by"]
            for key, values in stored.items()
            if key[1] == self.day and key[0] in self.situation.listed and values["succeeded_by"] is not None
        }
        report = write_units(self.session, rows, stored)
        assert not report.errors, report.errors[:3]
        began = select(Unit.code, Unit.id).where(
            Unit.valid_from == self.day, among(Unit.code, [row.code for row in rows])
        )
        self.new = {code: unit_id for code, unit_id in self.session.execute(began)}
        listed = update(ListedUnit).where(
            ListedUnit.reorganisation_id == self.made.id, ListedUnit.code == Unit.code
        )
        listed = listed.where(Unit.valid_from == self.day).values(unit_id=Unit.id)
        self.session.execute(listed.execution_options(synchronize_session=False))
        for item in items:
            item.new_id = self.new[item.code] if item.code else None
        periods.succeed(self.session, Unit, {item.subject_id: item.new_id for item in items if item.new_id})
        if self.reopened:
            self.session.execute(update(Unit).where(among(Unit.id, self.reopened)).values(succeeded_by=None))

    def hamlets(self) -> None:
        """Each goes on under the new commune, under its name if that is free there."""
        items = self.items[Subject.HAMLET]
        rows = {row.id: row for row in self.situation.hamlets()}
        coming: dict[str, list[Named]] = defaultdict(list)
        for item in items:
            if item.code:
                old = self.situation.units[rows[item.subject_id].unit_id]
                coming[item.code].append(Named(item.subject_id, rows[item.subject_id].name, bare(old.name)))
        names = {old_id: name for each in coming.values() for old_id, name in hamlet_names(each).items()}
        new = []
        for item in items:
            row = rows[item.subject_id]
            item.former = {"valid_to": _iso(row.valid_to)}
            if item.code:
                item.new_id = uuid7()
                name = names[row.id]
                new.append(
                    {
                        "id": item.new_id, "unit_id": self.new[item.code], "name": name, "folded": fold(name),
                        "valid_from": max(self.day, row.valid_from), "valid_to": row.valid_to, "version": 1,
                    }
                )  # fmt: skip
                self.new_hamlets[row.id] = new[-1]
        insert_rows(self.session, Hamlet, new)
        periods.hand_on(self.session, Hamlet, {item.subject_id: item.new_id for item in items}, self.day)

    def clusters(self) -> None:
        """End those that end, and the memberships of communes that do; let successors join those that last."""
        clusters = [each.subject_id for each in self.items[Subject.CLUSTER]]
        members = self.session.execute(select(Membership.__table__).where(among(Membership.cluster_id, clusters)))
        held: dict[UUID, list[Any]] = defaultdict(list)
        for each in members:
            if each.valid_to is None or each.valid_to > max(self.day, each.valid_from):
                held[each.cluster_id].append(each)
        ending, joining = [], []
        for item in self.items[Subject.CLUSTER]:
            ends = item.outcome == Outcome.ENDS
            leaving = [each for each in held[item.subject_id] if ends or each.commune_id in self.situation.fates]
            item.former = {"members": {str(each.id): _iso(each.valid_to) for each in leaving}, "joined": []}
            ending += [each.id for each in leaving]
            for code in self.fresh[item.kind, item.subject_id]["successors"]:
                row = {"id": uuid7(), "cluster_id": item.subject_id, "commune_id": self.new[code]}
                joining.append(row | {"valid_from": self.day, "valid_to": None})
                item.former["joined"].append(str(row["id"]))
        periods.end(self.session, Membership, ending, self.day, versioned=False)
        insert_rows(self.session, Membership, joining)
        self._end_clusters()

    def _end_clusters(self) -> None:
        ends = [each for each in self.items[Subject.CLUSTER] if each.outcome == Outcome.ENDS]
        lasts = [each.subject_id for each in self.items[Subject.CLUSTER] if each.outcome != Outcome.ENDS]
        before = {row.id: row.valid_to for row in self.session.execute(select(Cluster.id, Cluster.valid_to))}
        for item in ends:
            item.former = (item.former or {}) | {"valid_to": _iso(before[item.subject_id])}
        periods.end(self.session, Cluster, [item.subject_id for item in ends], self.day)
        self.session.execute(update(Cluster).where(among(Cluster.id, lasts)).values(version=Cluster.version + 1))

    def assignments(self) -> None:
        """End them, and let those that go on begin for the new place. Where an official comes to hold the same post
        for the same place by several ways, it is one assignment."""
        items = self.items[Subject.ASSIGNMENT]
        clusters = [each.subject_id for each in self.items[Subject.CLUSTER] if each.outcome == Outcome.ENDS]
        rows = {row.id: row for row in self.situation.assignments(clusters)}
        new: dict[tuple[UUID, str, UUID], dict[str, Any]] = {}
        for item in items:
            row = rows[item.subject_id]
            item.former = {"valid_to": _iso(row.valid_to)}
            if not item.code:
                continue
            fresh = self._assignment(item, row)
            key = (row.official_id, fresh["post_code"], fresh["hamlet_id"] or fresh["unit_id"])
            same = new.setdefault(key, fresh)
            if same is not fresh:  # of two periods the one that comes to hold both
                same["valid_from"] = min(same["valid_from"], fresh["valid_from"])
                ends = (same["valid_to"], fresh["valid_to"])
                same["valid_to"] = None if None in ends else max(ends)
            item.new_id = same["id"]
        insert_rows(self.session, Assignment, list(new.values()))
        periods.end(self.session, Assignment, list(rows), self.day)
        heirs = {each.subject_id: each.new_id for each in items if each.new_id}
        standing_in.follow(self.session, heirs)
        self.begun = [each["id"] for each in new.values()]

    def _assignment(self, item: Done, row: Any) -> dict[str, Any]:
        """The row that begins: as the old one, columns that this does not know of included."""
        kept = {column.name: getattr(row, column.name) for column in Assignment.__table__.columns}
        hamlet = self.new_hamlets.get(row.hamlet_id) if item.chosen_code is None else None
        unit_id = hamlet["unit_id"] if hamlet else self.new[str(item.code)]
        del kept["place_id"]
        return kept | {
            "id": uuid7(),
            "post_code": item.chosen_post or row.post_code,
            "unit_id": None if hamlet else unit_id,
            "cluster_id": None,
            "hamlet_id": hamlet["id"] if hamlet else None,
            "territory_id": unit_id,
            "legal_basis": f"{row.legal_basis}; {self.made.legal_basis}",
            "valid_from": max(self.day, row.valid_from),
            "version": 1,
        }

    def officials(self) -> None:
        """Their homes follow: who may see a person goes by the home unit."""
        homes = []
        for item in self.items[Subject.OFFICIAL]:
            item.former = {"unit_id": str(item.unit_id)}
            item.new_id = self.new[str(item.code)]
            version = item.subject_version + 1  # as it was planned: nobody has changed it since
            homes.append({"id": item.subject_id, "unit_id": item.new_id, "version": version})
        update_rows(self.session, Official, homes)

    def clients(self) -> None:
        """The territories of their tokens take in what the units inside them have become."""
        for item in self.items[Subject.CLIENT]:
            client = self.session.get_one(Client, item.subject_id)
            after = self.fresh[item.kind, item.subject_id]["details"]["territories"]
            item.former = {"territories": client.territories, "after": after}
            client.territories = after

    def tell(self) -> None:
        """Everything, once it all stands."""
        self.session.flush()
        keep(self.session, self.items)
        units = self.items[Subject.UNIT]
        telling.tell_units(self.session, [each.subject_id for each in units])
        if self.reopened:
            telling.tell_successions(self.session, self.made, self.reopened, undone=True)
        changed = [each.subject_id for each in self.items[Subject.HAMLET]]
        telling.tell_hamlets(self.session, changed + [row["id"] for row in self.new_hamlets.values()])
        telling.tell_clusters(self.session, [each.subject_id for each in self.items[Subject.CLUSTER]])
        telling.tell_assignments(
            self.session, [each.subject_id for each in self.items[Subject.ASSIGNMENT]] + self.begun
        )
        heirs = {each.subject_id: each.new_id for each in units if each.new_id}
        checks = {each.subject_id for each in units if each.needs_decision and not each.decided}
        telling.tell_successions(self.session, self.made, heirs, undone=False, checks=checks)


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
