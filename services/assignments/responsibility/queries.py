"""What the resolver needs, loaded for many questions at once with a constant number of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, text
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


class _Spot(NamedTuple):
    """A place that a post may be held for; a cluster only while it holds the commune."""

    attached_to: str
    place: Place
    valid_from: date
    valid_to: date | None


# Every place for the units and hamlets asked for: the unit with all that stand above it, whatever the number of
# tiers, the clusters that hold it, the hamlets. One round trip; the lateral LIMIT keeps the planner, which cannot
# know how few rows the recursion has, on the primary key.
_PLACES = text(
    """
    WITH RECURSIVE line AS (
        SELECT id AS asked, id, parent_id, level, name FROM units WHERE id = ANY(:units)
        UNION ALL
        SELECT line.asked, above.id, above.parent_id, above.level, above.name
        FROM line CROSS JOIN LATERAL (
            SELECT id, parent_id, level, name FROM units WHERE id = line.parent_id LIMIT 1
        ) AS above
    )
    SELECT asked, level AS attached_to, id, name, date '0001-01-01' AS valid_from, CAST(NULL AS date) AS valid_to
    FROM line
    UNION ALL
    SELECT held.commune_id, 'cluster', clusters.id, clusters.name, held.valid_from, held.valid_to
    FROM cluster_communes AS held JOIN clusters ON clusters.id = held.cluster_id
    WHERE held.commune_id = ANY(:units)
    UNION ALL
    SELECT id, 'hamlet', id, name, date '0001-01-01', NULL FROM hamlets WHERE id = ANY(:hamlets)
    """
).bindparams(bindparam("units", type_=ARRAY(Uuid)), bindparam("hamlets", type_=ARRAY(Uuid)))

_HOLDINGS = text(
    """
    SELECT held.post_code, held.place_id, held.id, held.legal_basis, held.valid_from, held.valid_to,
        officials.id AS official_id, officials.full_name, officials.sort_key
    FROM assignments AS held JOIN officials ON officials.id = held.official_id
    WHERE held.place_id = ANY(:places) AND officials.active AND held.valid_from <= :last
        AND (held.valid_to IS NULL OR held.valid_to > :first)
    """
).bindparams(bindparam("places", type_=ARRAY(Uuid)), bindparam("first", type_=Date), bindparam("last", type_=Date))


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a batch of questions needs."""

    chart: Chart
    roster: Roster
    spots: Mapping[UUID, Sequence[_Spot]]

    def places(self, question: Question) -> dict[str, Place]:
        """The place for each thing a post may be attached to; raises NotFound for an unknown unit or hamlet."""
        spots = [*self._at("unit", question.unit_id)]
        if question.hamlet_id is not None:
            spots += self._at("hamlet", question.hamlet_id)
        return {each.attached_to: each.place for each in spots if is_valid(each, question.at)}

    def _at(self, field: str, place_id: UUID) -> Sequence[_Spot]:
        if place_id not in self.spots:
            raise NotFound(f"There is no {field} {place_id}.", field=field)
        return self.spots[place_id]

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
    """Load what these questions need: three statements, however many they are."""
    spots = _spots(session, questions)
    days = [question.at for question in questions]
    wanted = {
        "places": list({each.place.id for group in spots.values() for each in group}),
        "first": min(days),
        "last": max(days),
    }
    roster = Roster(
        (
            row.post_code,
            row.place_id,
            Holding(
                row.id, row.official_id, row.full_name, row.sort_key, row.legal_basis, row.valid_from, row.valid_to
            ),
        )
        for row in session.execute(_HOLDINGS, wanted)
    )
    return Situation(_chart(session), roster, spots)


def _spots(session: Session, questions: Sequence[Question]) -> dict[UUID, list[_Spot]]:
    """The places, by the unit or hamlet asked for."""
    wanted = {
        "units": list({question.unit_id for question in questions}),
        "hamlets": list({question.hamlet_id for question in questions if question.hamlet_id}),
    }
    spots: dict[UUID, list[_Spot]] = defaultdict(list)
    for row in session.execute(_PLACES, wanted):
        place = Place(row.id, row.name)
        spots[row.asked].append(_Spot(row.attached_to, place, row.valid_from, row.valid_to))
    return spots


def _chart(session: Session) -> Chart:
    rows = session.execute(posts.WITH_STEPS).all()
    held = {row.code: Post(row.code, row.name_vi, row.name_en, row.attached_to, row.above) for row in rows}
    asked = sorted((row.step, row.position, row.code) for row in rows if row.step is not None)
    return Chart(held, [(step, code) for step, _, code in asked])
