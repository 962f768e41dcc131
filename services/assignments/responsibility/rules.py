"""Who is responsible, without a database: posts, places and holders in, people with their reasons out.

Source: the duties of each post as the review conference of 12 April 2017 in Bến Tre lists them; the posts, the
steps and which post a vacancy falls to are rows (see posts/), never code.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

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


class Reason(NamedTuple):
    """Why a person is told. `standing_in_for` says which vacant post fell to them."""

    post: Post
    place: Place
    holding: Holding
    standing_in_for: str | None


@dataclass(slots=True)
class Recipient:
    """A person, once, with every reason."""

    official_id: UUID
    full_name: str
    reasons: list[Reason] = field(default_factory=list)


class Vacancy(NamedTuple):
    """A post nobody holds, and the code of the post told in its place, if there is one."""

    post: Post
    place: Place
    fell_to: str | None


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
        while post.above is not None and post.above not in seen:
            post = self.posts[post.above]
            seen.add(post.code)
            yield post


class Roster:
    """The holders of posts, looked up by post and place."""

    def __init__(self, holdings: Iterable[tuple[str, UUID, Holding]]) -> None:
        self._by_place: dict[tuple[str, UUID], list[Holding]] = defaultdict(list)
        for post_code, place_id, holding in holdings:
            self._by_place[post_code, place_id].append(holding)
        for group in self._by_place.values():
            group.sort(key=lambda each: (each.sort_key, each.official_id, each.assignment_id))

    def holders(self, post: Post, place: Place, at: date) -> list[Holding]:
        """Those who hold the post for the place on that day, by name."""
        return [each for each in self._by_place.get((post.code, place.id), ()) if is_valid(each, at)]


def resolve(chart: Chart, roster: Roster, places: Places, at: date, step: int) -> Answer:
    """Who is told at a step, of an issue in these places, on that day.

    A post without a place here (no district in a two-tier province, no cluster, no hamlet named) is not asked.
    A post nobody holds is vacant: the nearest post above that is held is told in its place, and every vacant one
    passed on the way is reported too."""
    people: dict[UUID, Recipient] = {}
    vacancies: dict[str, Vacancy] = {}
    for post in chart.asked(step):
        if post.attached_to not in places:
            continue
        vacant, heir, holders = _walk(chart, roster, places, at, post)
        if not vacant:
            _tell(people, post, places[post.attached_to], holders, None)
        for each in vacant:
            place = places[each.attached_to]
            if each.code not in vacancies:
                vacancies[each.code] = Vacancy(each, place, heir.code if heir else None)
                if heir:
                    stands_in_for = f"{each.name_vi} ({place.name})"
                    _tell(people, heir, places[heir.attached_to], holders, stands_in_for)
    return Answer(list(people.values()), list(vacancies.values()))


def _walk(
    chart: Chart, roster: Roster, places: Places, at: date, post: Post
) -> tuple[list[Post], Post | None, list[Holding]]:
    """From a post upwards: the vacant ones, then the first that is held (None at the top) and who holds it."""
    vacant: list[Post] = []
    for each in (post, *chart.above(post)):
        place = places.get(each.attached_to)
        if place is None:
            continue
        holders = roster.holders(each, place, at)
        if holders:
            return vacant, each, holders
        vacant.append(each)
    return vacant, None, []


def _tell(
    people: dict[UUID, Recipient], post: Post, place: Place, holders: Sequence[Holding], stands_in_for: str | None
) -> None:
    for holding in holders:
        person = people.get(holding.official_id)
        if person is None:
            person = people[holding.official_id] = Recipient(holding.official_id, holding.full_name)
        person.reasons.append(Reason(post, place, holding, stands_in_for))


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
                }
                for reason in person.reasons
            ],
        }
        for person in answer.recipients
    ]
    vacancies = [{**_named(each.post, each.place), "fell_to": each.fell_to} for each in answer.vacancies]
    return {"recipients": recipients, "vacancies": vacancies}


def _named(post: Post, place: Place) -> dict[str, object]:
    return {
        "post": post.code,
        "post_name_vi": post.name_vi,
        "post_name_en": post.name_en,
        "place": place.name,
    }
