"""What the resolver needs, loaded for many questions at once with a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from services.assignments.hamlets.model import Hamlet
from services.assignments.responsibility.rules import (
    Answer,
    Charts,
    Holding,
    Place,
    Post,
    Roster,
    Rule,
    resolve,
    walk,
)
from services.assignments.responsibility.standing import Absence, Person
from services.assignments.units.queries import name_on
from services.assignments.validity import is_valid
from shared import clock
from shared.errors import BadInput, NotFound
from shared.prepared import Prepared
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


# All of it in one round trip, as rows of four kinds with the same columns:
#   spot: a place for a unit or hamlet asked for: the unit with all that stand above it, whatever the number of
#         tiers, the clusters that hold it, the hamlet. One that has ended in a reorganisation answers through its
#         heir from that day on: an escalation may still be under way. The lateral LIMIT keeps the planner, which
#         cannot know how few rows the recursion has, on the primary key.
#   held: who holds which posts for these places.
#   away: who of them, and of those who would stand in for them, is absent.
#   post: every post with each of its rules: so few that nothing has to be cached.
# The best plan is the same for all values, and planning takes three times as long as the rest. The values stand in
# subqueries, where the planner does not see them: so one plan for all is as good as one for each, and is kept.
_SITUATION = Prepared(
    """
    WITH RECURSIVE line AS (
        SELECT id AS asked, true AS own, id, parent_id, level, name, succeeded_by AS heir,
            date '0001-01-01' AS since, CASE WHEN succeeded_by IS NOT NULL THEN valid_to END AS until
        FROM units WHERE id = ANY(ARRAY(SELECT unnest(CAST(:units AS uuid[]))))
        UNION ALL
        SELECT line.asked, next.own, next.id, next.parent_id, next.level, next.name, next.heir, next.since,
            next.until
        FROM line CROSS JOIN LATERAL (
            (SELECT false AS own, id, parent_id, level, name, CAST(NULL AS uuid) AS heir, line.since, line.until
            FROM units WHERE id = line.parent_id LIMIT 1)
            UNION ALL
            (SELECT true, id, parent_id, level, name, succeeded_by, line.until,
                CASE WHEN succeeded_by IS NOT NULL THEN valid_to END
            FROM units WHERE id = line.heir LIMIT 1)
        ) AS next
    ),
    spots AS (
        SELECT asked, level AS attached_to, id, name, since AS valid_from, until AS valid_to FROM line
        UNION ALL
        SELECT line.asked, 'cluster', member.* FROM line CROSS JOIN LATERAL (
            SELECT clusters.id, clusters.name, membership.valid_from, membership.valid_to
            FROM cluster_communes AS membership JOIN clusters ON clusters.id = membership.cluster_id
            WHERE membership.commune_id = line.id LIMIT 100
        ) AS member WHERE line.own
        UNION ALL
        SELECT id, 'hamlet', id, name, date '0001-01-01', CASE WHEN succeeded_by IS NOT NULL THEN valid_to END
        FROM hamlets WHERE id = ANY(ARRAY(SELECT unnest(CAST(:hamlets AS uuid[]))))
        UNION ALL
        SELECT ended.id, 'hamlet', heir.id, heir.name, ended.valid_to, NULL
        FROM hamlets AS ended JOIN hamlets AS heir ON heir.id = ended.succeeded_by
        WHERE ended.id = ANY(ARRAY(SELECT unnest(CAST(:hamlets AS uuid[]))))
    ),
    held AS (
        SELECT held.post_code, held.place_id, held.id, held.legal_basis, held.valid_from, held.valid_to,
            held.official_id, officials.full_name, officials.sort_key
        FROM assignments AS held JOIN officials ON officials.id = held.official_id
        WHERE held.place_id = ANY(ARRAY(SELECT id FROM spots)) AND officials.active
            AND held.valid_from <= (SELECT CAST(:last AS date))
            AND (held.valid_to IS NULL OR held.valid_to > (SELECT CAST(:first AS date)))
    ),
    away AS (
        SELECT id, official_id, substitute_id, assignment_ids, valid_from, valid_to FROM absences
        WHERE official_id = ANY(ARRAY(SELECT official_id FROM held)) AND state = 'approved'
            AND valid_from <= (SELECT CAST(:last AS date))
            AND (valid_to IS NULL OR valid_to > (SELECT CAST(:first AS date)))
        UNION
        SELECT further.* FROM away CROSS JOIN LATERAL (
            SELECT id, official_id, substitute_id, assignment_ids, valid_from, valid_to FROM absences
            WHERE official_id = away.substitute_id AND state = 'approved'
                AND valid_from <= (SELECT CAST(:last AS date))
                AND (valid_to IS NULL OR valid_to > (SELECT CAST(:first AS date)))
            OFFSET 0
        ) AS further
    )
    SELECT 'spot' AS kind, asked AS a, id AS b, CAST(NULL AS uuid) AS c,
        attached_to AS t, name AS u, CAST(NULL AS text) AS v, CAST(NULL AS text) AS w, CAST(NULL AS text) AS x,
        valid_from AS since, valid_to AS until,
        CAST(NULL AS uuid[]) AS ids, CAST(NULL AS int) AS m, CAST(NULL AS int) AS n
    FROM spots
    UNION ALL
    SELECT 'held', id, place_id, official_id, post_code, full_name, sort_key, legal_basis, NULL, valid_from,
        valid_to, NULL, NULL, NULL
    FROM held
    UNION ALL
    SELECT 'away', away.id, away.official_id, person.id, person.full_name, NULL, NULL, NULL, NULL, away.valid_from,
        away.valid_to, away.assignment_ids, NULL, NULL
    FROM away LEFT JOIN officials AS person ON person.id = away.substitute_id AND person.active
    UNION ALL
    SELECT 'post', NULL, NULL, NULL, code, name_vi, name_en, attached_to, above, rule.valid_from, rule.valid_to,
        NULL, step, position
    FROM posts JOIN post_rules AS rule ON rule.post_code = posts.code
    """
)


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a batch of questions needs."""

    charts: Charts
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

    def answer(
        self, question: Question, without: Collection[UUID] = (), unreached: Collection[UUID] = ()
    ) -> Answer:
        """Who is told, and what is vacant; as if `without` held nothing, and those `unreached` were not there."""
        roster = self.roster.without(without, unreached)
        return resolve(self.charts.on(question.at), roster, self.places(question), question.at, question.step)


def ask(
    session: Session, who: Principal, unit: str | UUID, hamlet: UUID | None, at: date | None, step: int
) -> dict[str, Any]:
    """One question, for the API. Raises BadInput for a unit or hamlet that does not exist on that day, NotFound for
    one outside the territory."""
    at = at or clock.today()
    place = name_on(session, unit, at, "unit")
    if not who.covers(place.path):
        raise NotFound(field="unit")
    if hamlet is not None:
        found = session.get(Hamlet, hamlet)
        if found is None or found.unit_id != place.id or not found.is_valid(at):
            raise BadInput(f"The commune has no such hamlet on {at}.", field="hamlet")
    question = Question(place.id, hamlet, at, step)
    answer = load(session, [question]).answer(question)
    return {"unit": place, "hamlet": hamlet, "at": at, "step": step, **answer._asdict()}


def acting_in(
    session: Session, post_code: str, unit_id: UUID, at: date, unreached: Collection[UUID] = ()
) -> list[Person]:
    """Who acts in a post for a unit and what stands above it; of the post above if nobody does, and so on; each
    person once, and none of those `unreached`."""
    question = Question(unit_id, None, at, 1)
    situation = load(session, [question])
    chart = situation.charts.on(at)
    post = chart.posts.get(post_code)
    if post is None:
        return []
    roster = situation.roster.without((), unreached)
    _, _, acting = walk(chart, roster, situation.places(question), at, post)
    return list(dict.fromkeys(each.person for each in acting))


def load(session: Session, questions: Sequence[Question]) -> Situation:
    """Load what these questions need: one statement, however many they are."""
    days = [question.at for question in questions]
    wanted = {
        "units": list({question.unit_id for question in questions}),
        "hamlets": list({question.hamlet_id for question in questions if question.hamlet_id}),
        "first": min(days),
        "last": max(days),
    }
    found: dict[str, list[Any]] = defaultdict(list)
    for row in _SITUATION.named(session, wanted):
        found[row.kind].append(row)
    roster = Roster(
        ((row.t, row.b, Holding(row.a, row.c, row.u, row.v, row.w, row.since, row.until)) for row in found["held"]),
        (
            Absence(row.a, row.b, Person(row.c, row.t) if row.c else None, row.ids, row.since, row.until)
            for row in found["away"]
        ),
    )
    return Situation(_charts(found["post"]), roster, _spots(found["spot"]))


def _spots(rows: Iterable[Any]) -> dict[UUID, list[_Spot]]:
    """The places, by the unit or hamlet asked for."""
    spots: dict[UUID, list[_Spot]] = defaultdict(list)
    for row in rows:
        spots[row.a].append(_Spot(row.t, Place(row.b, row.u), row.since, row.until))
    return spots


def _charts(rows: Iterable[Any]) -> Charts:
    return Charts(Rule(Post(row.t, row.u, row.v, row.w, row.x), row.m, row.n, row.since, row.until) for row in rows)
