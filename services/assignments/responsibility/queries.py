"""What the resolver needs, loaded for many questions at once with a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Date, Uuid

from services.assignments.hamlets.model import Hamlet
from services.assignments.posts import queries as posts
from services.assignments.responsibility.rules import Answer, Chart, Holding, Place, Post, Roster, resolve
from services.assignments.units.queries import unit_on
from services.assignments.validity import is_valid
from shared import clock
from shared.errors import BadInput, NotFound
from shared.web.auth import Principal


class Question(NamedTuple):
    """Who is told of an issue of this unit (and hamlet) on that day at that step?"""

    unit_id: UUID
    hamlet_id: UUID | None
    at: date
    step: int


class _Member(NamedTuple):
    cluster: Place
    valid_from: date
    valid_to: date | None


# Each unit asked for with all that stand above it, whatever the number of tiers.
_LINES = text(
    """
    WITH RECURSIVE line AS (
        SELECT id AS asked, id, parent_id, level, name FROM units WHERE id = ANY(:ids)
        UNION ALL
        SELECT line.asked, units.id, units.parent_id, units.level, units.name
        FROM line JOIN units ON units.id = line.parent_id
    )
    SELECT asked, id, level, name FROM line
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))

_MEMBERS = text(
    """
    SELECT held.commune_id, held.valid_from, held.valid_to, clusters.id, clusters.name
    FROM cluster_communes AS held JOIN clusters ON clusters.id = held.cluster_id
    WHERE held.commune_id = ANY(:ids) AND held.valid_from <= :last
        AND (held.valid_to IS NULL OR held.valid_to > :first)
    ORDER BY clusters.id
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("first", type_=Date), bindparam("last", type_=Date))

_HOLDINGS = text(
    """
    SELECT held.post_code, held.place_id, held.id, held.legal_basis, held.valid_from, held.valid_to,
        officials.id AS official_id, officials.full_name, officials.sort_key
    FROM assignments AS held JOIN officials ON officials.id = held.official_id
    WHERE held.place_id = ANY(:ids) AND officials.active AND held.valid_from <= :last
        AND (held.valid_to IS NULL OR held.valid_to > :first)
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("first", type_=Date), bindparam("last", type_=Date))


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a batch of questions needs."""

    chart: Chart
    roster: Roster
    lines: dict[UUID, dict[str, Place]]
    members: dict[UUID, list[_Member]]
    hamlets: dict[UUID, Place]

    def places(self, question: Question) -> dict[str, Place]:
        """The place for each thing a post may be attached to; raises NotFound for an unknown unit or hamlet."""
        if question.unit_id not in self.lines:
            raise NotFound(f"There is no unit {question.unit_id}.", field="unit")
        places = dict(self.lines[question.unit_id])
        for member in self.members.get(question.unit_id, ()):
            if is_valid(member, question.at):
                places["cluster"] = member.cluster
        if question.hamlet_id is not None:
            if question.hamlet_id not in self.hamlets:
                raise NotFound(f"There is no hamlet {question.hamlet_id}.", field="hamlet")
            places["hamlet"] = self.hamlets[question.hamlet_id]
        return places

    def answer(self, question: Question) -> Answer:
        """Who is told, and what is vacant."""
        return resolve(self.chart, self.roster, self.places(question), question.at, question.step)


def ask(
    session: Session, who: Principal, unit: str | UUID, hamlet: UUID | None, at: date | None, step: int
) -> dict[str, Any]:
    """One question, for the API. Raises BadInput for a unit or hamlet that does not exist on that day, NotFound for
    one outside the territory."""
    at = at or clock.today()
    place = unit_on(session, unit, at, "unit")
    if not who.covers(place.path):
        raise NotFound(field="unit")
    if hamlet is not None:
        found = session.get(Hamlet, hamlet)
        if found is None or found.unit_id != place.id or not found.is_valid(at):
            raise BadInput(f"The commune has no such hamlet on {at}.", field="hamlet")
    question = Question(place.id, hamlet, at, step)
    answer = load(session, [question]).answer(question)
    return {"unit": place, "hamlet": hamlet, "at": at, "step": step, **answer._asdict()}


def load(session: Session, questions: Sequence[Question]) -> Situation:
    """Load what these questions need, in five statements (four if no hamlet is named), however many they are."""
    units = list({question.unit_id for question in questions})
    days = [question.at for question in questions]
    period = {"first": min(days), "last": max(days)}
    lines: dict[UUID, dict[str, Place]] = defaultdict(dict)
    for row in session.execute(_LINES, {"ids": units}):
        lines[row.asked][row.level] = Place(row.id, row.name)
    members: dict[UUID, list[_Member]] = defaultdict(list)
    for row in session.execute(_MEMBERS, {"ids": units, **period}):
        members[row.commune_id].append(_Member(Place(row.id, row.name), row.valid_from, row.valid_to))
    hamlets = _hamlets(session, {question.hamlet_id for question in questions if question.hamlet_id})
    places = {place.id for line in lines.values() for place in line.values()} | set(hamlets)
    places |= {member.cluster.id for held in members.values() for member in held}
    return Situation(_chart(session), _roster(session, places, period), lines, members, hamlets)


def _hamlets(session: Session, ids: set[UUID]) -> dict[UUID, Place]:
    if not ids:
        return {}
    rows = session.execute(select(Hamlet.id, Hamlet.name).where(Hamlet.id.in_(ids)))
    return {row.id: Place(row.id, row.name) for row in rows}


def _roster(session: Session, places: Iterable[UUID], period: dict[str, Any]) -> Roster:
    return Roster(
        (
            row.post_code,
            row.place_id,
            Holding(
                row.id, row.official_id, row.full_name, row.sort_key, row.legal_basis, row.valid_from, row.valid_to
            ),
        )
        for row in session.execute(_HOLDINGS, {"ids": list(places), **period})
    )


def _chart(session: Session) -> Chart:
    rows = session.execute(posts.WITH_STEPS).all()
    held = {row.code: Post(row.code, row.name_vi, row.name_en, row.attached_to, row.above) for row in rows}
    asked = sorted((row.step, row.position, row.code) for row in rows if row.step is not None)
    return Chart(held, [(step, code) for step, _, code in asked])
