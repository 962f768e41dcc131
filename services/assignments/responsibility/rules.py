"""Who is responsible, without a database: posts, places and holders in, people with their reasons out.

Source: the duties of each post as the review conference of 12 April 2017 in Bến Tre lists them; the posts, the
steps and which post a vacancy falls to are rows (see posts/), never code.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.assignments.responsibility.standing import Absence, Absences, Person
from services.assignments.validity import is_valid


class Post(NamedTuple):
    """A post; `attached_to` is a level's code, "cluster" or "hamlet", `above` the post a vacancy falls to."""

    code: str
    name_vi: str
    name_en: str
    attached_to: str
    above: str | None


class Place(NamedTuple):
    """Where a post is held: a unit, a cluster or a hamlet."""

    id: UUID
    name: str


class Holding(NamedTuple):
    """An assignment, with what is told of it."""

    assignment_id: UUID
    official_id: UUID
    full_name: str
    sort_key: str
    legal_basis: str
    valid_from: date
    valid_to: date | None


class Acting(NamedTuple):
    """Who acts for an assignment: its holder, or who stands in for the holder."""

    person: Person
    holding: Holding

    @property
    def substitute_for(self) -> Person | None:
        """The absent holder; None if the holder acts."""
        held = self.holding
        return None if self.person.id == held.official_id else Person(held.official_id, held.full_name)


class Reason(NamedTuple):
    """Why a person is told. `standing_in_for` says which vacant post fell to this one, `substitute_for` which
    absent holder the person stands in for."""

    post: Post
    place: Place
    holding: Holding
    standing_in_for: str | None
    substitute_for: Person | None = None


@dataclass(slots=True)
class Recipient:
    """A person, once, with every reason."""

    official_id: UUID
    full_name: str
    reasons: list[Reason] = field(default_factory=list)


class Vacancy(NamedTuple):
    """A post in which nobody acts, and the code of the post told in its place, if there is one. `absent`: it is
    held, but all who hold it are away and nobody stands in."""

    post: Post
    place: Place
    fell_to: str | None
    absent: bool = False


class Answer(NamedTuple):
    """Who is told, in the order of the steps' posts and then of names, and what is vacant."""

    recipients: list[Recipient]
    vacancies: list[Vacancy]


# The place a post is held for, by what it is attached to: {"commune": …, "district": …, "cluster": …}.
Places = Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Chart:
    """The posts, and which are asked from which step on: (step, post code) in order."""

    posts: Mapping[str, Post]
    steps: Sequence[tuple[int, str]]

    def asked(self, step: int) -> list[Post]:
        """The posts of a step; a higher step asks those of the lower ones too."""
        return [self.posts[code] for at, code in self.steps if at <= step]

    def above(self, post: Post) -> Iterator[Post]:
        """The posts above, nearest first; a loop in the data ends the walk."""
        seen = {post.code}
        while post.above is not None and post.above not in seen and post.above in self.posts:
            post = self.posts[post.above]
            seen.add(post.code)
            yield post


class Rule(NamedTuple):
    """What holds of a post during one validity; without a step it is asked at none."""

    post: Post
    step: int | None
    position: int | None
    valid_from: date
    valid_to: date | None


class Charts:
    """The charts of all days, from the rules of all times."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = list(rules)
        self._made: dict[date, Chart] = {}

    def on(self, day: date) -> Chart:
        """The chart of a day."""
        if day not in self._made:
            held = [rule for rule in self._rules if is_valid(rule, day)]
            asked = sorted((rule.step, rule.position, rule.post.code) for rule in held if rule.step is not None)
            steps = [(step, code) for step, _, code in asked]
            self._made[day] = Chart({rule.post.code: rule.post for rule in held}, steps)
        return self._made[day]


class Roster:
    """The holders of posts, looked up by post and place, and who stands in for them."""

    def __init__(self, holdings: Iterable[tuple[str, UUID, Holding]], absences: Iterable[Absence] = ()) -> None:
        self._away = Absences(absences)
        self._left_out: frozenset[UUID] = frozenset()
        self._unreached: frozenset[UUID] = frozenset()
        self._by_place: dict[tuple[str, UUID], list[Holding]] = defaultdict(list)
        for post_code, place_id, holding in holdings:
            self._by_place[post_code, place_id].append(holding)
        for group in self._by_place.values():
            group.sort(key=lambda each: (each.sort_key, each.official_id, each.assignment_id))

    def without(self, people: Collection[UUID], unreached: Collection[UUID] = ()) -> "Roster":
        """The same as if some officials neither held anything nor stood in for anybody. Those `unreached` hold what
        they hold, so that who stands in for them does, but act themselves for nobody."""
        other = copy(self)
        other._left_out, other._unreached = frozenset(people), frozenset(unreached)
        return other

    def holders(self, post: Post, place: Place, at: date) -> list[Holding]:
        """Those who hold the post for the place on that day, by name."""
        held = [each for each in self._by_place.get((post.code, place.id), ()) if is_valid(each, at)]
        return [each for each in held if each.official_id not in self._left_out] if self._left_out else held

    def acting(self, holders: Iterable[Holding], at: date) -> list[Acting]:
        """Who acts for these holders on that day, in their order; for some there may be nobody."""
        people = (
            (self._away.acting(Person(each.official_id, each.full_name), each.assignment_id, at), each)
            for each in holders
        )
        return [
            Acting(person, holding)
            for person, holding in people
            if person is not None and person.id not in self._left_out and person.id not in self._unreached
        ]


def resolve(chart: Chart, roster: Roster, places: Places, at: date, step: int) -> Answer:
    """Who is told at a step, of an issue in these places, on that day.

    A post without a place here (no district in a two-tier province, no cluster, no hamlet named) is not asked.
    A post in which nobody acts is vacant: the nearest post above in which somebody does is told in its place, and
    every vacant one passed on the way is reported too."""
    people: dict[UUID, Recipient] = {}
    vacancies: dict[str, Vacancy] = {}
    for post in chart.asked(step):
        if post.attached_to not in places:
            continue
        vacant, heir, acting = walk(chart, roster, places, at, post)
        if not vacant:
            _tell(people, post, places[post.attached_to], acting, None)
        for each, absent in vacant:
            place = places[each.attached_to]
            if each.code not in vacancies:
                vacancies[each.code] = Vacancy(each, place, heir.code if heir else None, absent)
                if heir:
                    stands_in_for = f"{each.name_vi} ({place.name})"
                    _tell(people, heir, places[heir.attached_to], acting, stands_in_for)
    return Answer(list(people.values()), list(vacancies.values()))


def walk(
    chart: Chart, roster: Roster, places: Places, at: date, post: Post
) -> tuple[list[tuple[Post, bool]], Post | None, list[Acting]]:
    """From a post upwards: those in which nobody acts, each with whether its holders are all absent, then the first
    in which somebody does (None at the top) and who."""
    vacant: list[tuple[Post, bool]] = []
    for each in (post, *chart.above(post)):
        place = places.get(each.attached_to)
        if place is None:
            continue
        holders = roster.holders(each, place, at)
        if acting := roster.acting(holders, at):
            return vacant, each, acting
        vacant.append((each, bool(holders)))
    return vacant, None, []


def _tell(
    people: dict[UUID, Recipient], post: Post, place: Place, acting: Sequence[Acting], stands_in_for: str | None
) -> None:
    for each in acting:
        person = people.get(each.person.id)
        if person is None:
            person = people[each.person.id] = Recipient(*each.person)
        person.reasons.append(Reason(post, place, each.holding, stands_in_for, each.substitute_for))


def facts_of(answer: Answer) -> dict[str, list[dict[str, object]]]:
    """An answer as the event escalation.routed tells it."""
    recipients = [
        {
            "official_id": person.official_id,
            "full_name": person.full_name,
            "reasons": [
                {
                    **_named(reason.post, reason.place),
                    "legal_basis": reason.holding.legal_basis,
                    "standing_in_for": reason.standing_in_for,
                    "substitute_for": _person(reason.substitute_for),
                }
                for reason in person.reasons
            ],
        }
        for person in answer.recipients
    ]
    vacancies = [
        {**_named(each.post, each.place), "fell_to": each.fell_to, "absent": each.absent}
        for each in answer.vacancies
    ]
    return {"recipients": recipients, "vacancies": vacancies}


def _person(person: Person | None) -> dict[str, object] | None:
    return person and {"official_id": person.id, "full_name": person.full_name}


def _named(post: Post, place: Place) -> dict[str, object]:
    return {
        "post": post.code,
        "post_name_vi": post.name_vi,
        "post_name_en": post.name_en,
        "place": place.name,
    }
