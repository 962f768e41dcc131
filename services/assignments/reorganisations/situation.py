"""What a plan is made from: the units of the eve and of the day, and everything that hangs on those that end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from services.assignments.assignments.model import Assignment
from services.assignments.clients.model import Client
from services.assignments.clusters.model import Cluster, Membership
from services.assignments.database import among
from services.assignments.hamlets.model import Hamlet
from services.assignments.officials.model import Official
from services.assignments.posts.model import Post
from services.assignments.reorganisations.model import Item, ListedUnit, Reorganisation, Succession
from services.assignments.reorganisations.rules import Fate, New, Old, Reform, Subject, Successions, Successor
from services.assignments.units.model import Unit
from services.assignments.units.rules import path_of

Row = Any


class Situation:
    """Loaded with a constant number of statements. `units`: those in force on the eve, by id; `proposed`: the fates
    of those that end, by id; `fates`: the same, with what somebody chose in place of the default; `paths`: of the
    new units, by code."""

    def __init__(self, session: Session, plan: Reorganisation) -> None:
        self.session, self.day = session, plan.effective_on
        self.listed = {
            each.code: each
            for each in session.scalars(select(ListedUnit).where(ListedUnit.reorganisation_id == plan.id))
        }
        self.units = {row.id: row for row in session.execute(_in_force(Unit, plan.effective_on))}
        old = [Old(*(getattr(row, name) for name in Old._fields)) for row in self.units.values()]
        new = [New(*(getattr(each, name) for name in New._fields)) for each in self.listed.values()]
        self.proposed: Mapping[UUID, Fate] = Reform(old, new, successions(session, plan.id)).fates()
        chosen = _chosen(session, plan.id)
        self.fates: Mapping[UUID, Fate] = {
            each: fate._replace(default=chosen.get(each, fate.default)) for each, fate in self.proposed.items()
        }
        self.paths = _paths(self.listed, self.units.values())

    def hamlets(self) -> Sequence[Row]:
        """Those of units that end that are not over by the day: the table's columns."""
        return self._rows(_lasting(Hamlet, self.day).where(among(Hamlet.unit_id, self.fates)))

    def clusters(self) -> Sequence[Row]:
        """Those that are not over by the day, with those of their communes that are not: id, name, district_id,
        version, commune_id."""
        statement = (
            select(
                Cluster.id,
                Cluster.name,
                Cluster.district_id,
                Cluster.version,
                Membership.commune_id.label("commune_id"),
            )
            .outerjoin(Membership, (Membership.cluster_id == Cluster.id) & _open(Membership, self.day))
            .where(_open(Cluster, self.day))
            .order_by(Cluster.id)
        )
        return self._rows(statement)

    def assignments(self, clusters: Iterable[UUID]) -> Sequence[Row]:
        """Those to units that end, to what lies in them, or to these clusters, that are not over by the day: the
        table's columns, attached_to, several, full_name and post_name."""
        table = Assignment.__table__
        statement = (
            select(table, Post.attached_to, Post.several, Post.name_vi.label("post_name"), Official.full_name)
            .join(Post, Post.code == table.c.post_code)
            .join(Official, Official.id == table.c.official_id)
            .where(
                _open(Assignment, self.day),
                or_(among(Assignment.territory_id, self.fates), among(Assignment.cluster_id, clusters)),
            )
            .order_by(Assignment.valid_from, Assignment.id)
        )
        return self._rows(statement)

    def officials(self) -> Sequence[Row]:
        """Those whose home unit ends: id, full_name, unit_id, version."""
        home = select(Official.id, Official.full_name, Official.unit_id, Official.version)
        return self._rows(home.where(among(Official.unit_id, self.fates)))

    def clients(self) -> Sequence[Row]:
        """Those that may still ask for tokens: id, name, territories."""
        return self._rows(select(Client.id, Client.name, Client.territories).where(Client.revoked_at.is_(None)))

    def home_after(self, unit_id: UUID) -> str | None:
        """Where the home of an official goes: to the successor of the unit, or else of the nearest above it."""
        while fate := self.fates.get(unit_id):
            if fate.default is not None:
                return fate.default
            unit_id = self.units[unit_id].parent_id
        return None

    def lowest(self) -> dict[str, str]:
        """Old path to new path of every unit that has a successor and nothing below it."""
        parents = {unit.parent_id for unit in self.units.values()}
        goes = ((each, fate.default) for each, fate in self.fates.items() if each not in parents)
        return {self.units[each].path: self.paths[code] for each, code in goes if code is not None}

    def below(self) -> dict[str, set[str]]:
        """The path of each new unit to those of the lowest new ones in it."""
        found: dict[str, set[str]] = defaultdict(set)
        parents = {each.parent_code for each in self.listed.values()}
        for code in self.listed:
            if code in parents:
                continue
            above = self.listed[code].parent_code
            while above in self.listed:
                found[self.paths[above]].add(self.paths[code])
                above = self.listed[above].parent_code
        return found

    def _rows(self, statement: Select[*tuple[Any, ...]]) -> Sequence[Row]:
        return self.session.execute(statement).all()


def successions(session: Session, plan_id: UUID) -> Successions:
    """The list of a plan, by old code."""
    found: dict[str, list[Successor]] = defaultdict(list)
    rows = select(Succession).where(Succession.reorganisation_id == plan_id)
    for row in session.scalars(rows.order_by(Succession.old_code, Succession.new_code)):
        found[row.old_code].append(Successor(row.new_code, row.whole))
    return found


def _chosen(session: Session, plan_id: UUID) -> dict[UUID, str]:
    """The successors that somebody chose for units."""
    statement = select(Item.subject_id, Item.chosen_code).where(
        Item.reorganisation_id == plan_id, Item.kind == Subject.UNIT, Item.chosen_code.is_not(None)
    )
    return {unit_id: code for unit_id, code in session.execute(statement) if code is not None}


def _open(entity: Any, day: date) -> Any:
    """Not over by the day, and not over before it began."""
    return or_(entity.valid_to.is_(None), (entity.valid_to > day) & (entity.valid_to > entity.valid_from))


def _lasting(entity: Any, day: date) -> Select[*tuple[Any, ...]]:
    return select(entity.__table__).where(_open(entity, day)).order_by(entity.id)


def _in_force(entity: Any, day: date) -> Select[*tuple[Any, ...]]:
    """On the eve, and going on."""
    return _lasting(entity, day).where(entity.valid_from < day)


def _paths(listed: Mapping[str, ListedUnit], old: Iterable[Row]) -> dict[str, str]:
    standing = {row.code: row.path for row in old}
    paths: dict[str, str] = {}

    def path(code: str) -> str:
        if code not in paths:
            above = listed[code].parent_code
            parent = path(above) if above in listed else standing.get(above, "")
            paths[code] = path_of(parent, code)
        return paths[code]

    for code in listed:
        path(code)
    return paths
