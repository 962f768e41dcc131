"""Who is responsible: the resolver against a slow and obvious one, on any posts, places and assignments."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.assignments.responsibility.rules import Answer, Chart, Holding, Place, Post, Roster, resolve
from services.assignments.responsibility.standing import Absence, Absences, Person

CODES = "abcdef"
KINDS = ("province", "district", "commune", "cluster", "hamlet")
HERE = {kind: Place(UUID(int=n), f"{kind} here") for n, kind in enumerate(KINDS, 1)}
ELSEWHERE = UUID(int=99)
DAYS = [date(2026, 1, n) for n in range(1, 8)]

PEOPLE = [Person(UUID(int=n), name) for n, name in ((11, "An"), (12, "An"), (13, "Bình"), (14, "Ân"))]
ASSIGNMENTS = 12

Held = tuple[str, UUID, Holding]


@dataclass
class World:
    """A question, and all that it needs."""

    chart: Chart
    held: list[Held]
    away: list[Absence]
    places: dict[str, Place]
    at: date
    step: int

    def answer(self) -> Answer:
        """What the resolver says."""
        return resolve(self.chart, Roster(self.held, self.away), self.places, self.at, self.step)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any posts (loops included), any steps, any places, any assignments, any absences (circles included)."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
    above = st.none() | st.sampled_from(codes)
    posts = {
        code: Post(code, f"{code} vi", f"{code} en", draw(st.sampled_from(KINDS)), draw(above)) for code in codes
    }
    asked = draw(st.lists(st.sampled_from(codes), unique=True))
    steps = sorted((draw(st.integers(1, 3)), code) for code in asked)
    kinds = draw(st.sets(st.sampled_from(KINDS)))
    held = draw(st.lists(holdings(codes), max_size=ASSIGNMENTS))
    away = [it._replace(id=UUID(int=n)) for n, it in enumerate(draw(st.lists(absences(), max_size=6)))]
    at, step = draw(st.sampled_from(DAYS)), draw(st.integers(1, 3))
    numbered = [(post, place, it._replace(assignment_id=UUID(int=n))) for n, (post, place, it) in enumerate(held)]
    places = {kind: HERE[kind] for kind in KINDS if kind in kinds}
    return World(Chart(posts, steps), numbered, away, places, at, step)


def holdings(codes: list[str]) -> st.SearchStrategy[Held]:
    """Any assignment of one of four people, two of them homonyms."""
    ids = st.sampled_from([*(place.id for place in HERE.values()), ELSEWHERE])
    return st.builds(
        lambda code, place, who, since, until: (
            code,
            place,
            Holding(UUID(int=0), who[0], who[1], who[1], "QĐ", since, until),
        ),
        st.sampled_from(codes),
        ids,
        st.sampled_from(PEOPLE),
        st.sampled_from(DAYS),
        st.none() | st.sampled_from(DAYS),
    )


def absences() -> st.SearchStrategy[Absence]:
    """Any absence of one of the four, anybody or nobody standing in, from everything or from some assignments."""
    some = st.sets(st.integers(0, ASSIGNMENTS - 1).map(lambda n: UUID(int=n)), min_size=1)
    return st.builds(
        lambda who, *rest: Absence(UUID(int=0), who.id, *rest),
        st.sampled_from(PEOPLE),
        st.none() | st.sampled_from(PEOPLE),
        st.none() | some,
        st.sampled_from(DAYS),
        st.none() | st.sampled_from(DAYS),
    )


def actor(world: World, it: Holding) -> UUID | None:
    """Said slowly: who acts for an assignment, step by step from one absent person to the next."""
    way = [it.official_id]
    while True:
        gone = [
            each
            for each in world.away
            if each.official_id == way[-1]
            and each.valid_from <= world.at
            and not (each.valid_to is not None and each.valid_to <= world.at)
            and (each.assignments is None or (len(way) == 1 and it.assignment_id in each.assignments))
        ]
        if not gone:
            return way[-1]
        oldest = min(gone, key=lambda each: each.id)
        if oldest.substitute is None or oldest.substitute.id in way:
            return None
        way.append(oldest.substitute.id)


def acting(world: World, code: str) -> list[tuple[UUID, Holding]]:
    """Who acts in this post in this world's place of it, and for which assignment."""
    found = [(actor(world, it), it) for it in holders(world, code)]
    return [(who, it) for who, it in found if who is not None]


def holders(world: World, code: str) -> list[Holding]:
    """Who holds a post in this world's place of it on this world's day; nobody if there is no such place."""
    place = world.places.get(world.chart.posts[code].attached_to)
    return [
        it
        for post, place_id, it in world.held
        if post == code
        and place
        and place_id == place.id
        and it.valid_from <= world.at
        and not (it.valid_to is not None and it.valid_to <= world.at)
    ]


Said = tuple[UUID, str, UUID, str | None, UUID | None]


def expected(world: World) -> tuple[set[Said], set[tuple[str, str | None, bool]]]:
    """Said slowly: the reasons (person, post, assignment, standing in for, substitute for) and the vacancies (post,
    fell to, all absent)."""
    posts, places = world.chart.posts, world.places
    has_place = {code for code in posts if posts[code].attached_to in places}
    asked = {code for step, code in world.chart.steps if step <= world.step} & has_place

    def ladder(code: str) -> list[str]:
        steps: list[str] = []
        above = posts[code].above
        while above is not None and above not in [code, *steps]:
            steps.append(above)
            above = posts[above].above
        return [each for each in steps if each in has_place]

    def said(code: str, name: str | None) -> set[Said]:
        return {
            (who, code, it.assignment_id, name, None if who == it.official_id else it.official_id)
            for who, it in acting(world, code)
        }

    reasons = {each for code in asked for each in said(code, None)}
    vacancies: set[tuple[str, str | None, bool]] = set()
    for code in asked:
        if acting(world, code):
            continue
        held_above = [each for each in ladder(code) if acting(world, each)]
        heir = held_above[0] if held_above else None
        passed = ladder(code)[: ladder(code).index(heir)] if heir else ladder(code)
        for vacant in [code, *passed]:
            vacancies.add((vacant, heir, bool(holders(world, vacant))))
            if heir:
                reasons |= said(heir, f"{posts[vacant].name_vi} ({places[posts[vacant].attached_to].name})")
    return reasons, vacancies


@settings(max_examples=400)
@given(worlds())
def test_the_resolver_says_what_the_slow_one_says(world: World) -> None:
    """The same people, the same reasons, the same vacancies."""
    answer = world.answer()
    reasons, vacancies = expected(world)
    got = [
        (
            person.official_id,
            reason.post.code,
            reason.holding.assignment_id,
            reason.standing_in_for,
            reason.substitute_for and reason.substitute_for.id,
        )
        for person in answer.recipients
        for reason in person.reasons
    ]
    assert set(got) == reasons and len(got) == len(reasons)
    assert {(each.post.code, each.fell_to, each.absent) for each in answer.vacancies} == vacancies


@given(worlds())
def test_each_person_and_each_vacancy_stands_once(world: World) -> None:
    """However many posts a person holds, and however many vacancies lead to the same post."""
    answer = world.answer()
    people = [person.official_id for person in answer.recipients]
    posts = [each.post.code for each in answer.vacancies]
    assert len(people) == len(set(people)) and len(posts) == len(set(posts))
    assert all(person.reasons for person in answer.recipients)


@given(worlds(), st.randoms())
def test_the_answer_does_not_depend_on_the_order_of_rows(world: World, chance: object) -> None:
    """The same facts in any order give the same answer, to the letter."""
    before = world.answer()
    for rows in (world.held, world.away):
        chance.shuffle(rows)  # type: ignore[attr-defined]
    assert world.answer() == before


@given(worlds())
def test_nobody_is_told_only_if_nobody_can_be(world: World) -> None:
    """While somebody acts in any post asked, or in any above it, somebody is told."""
    answer = world.answer()
    if answer.vacancies and not answer.recipients:
        assert all(each.fell_to is None for each in answer.vacancies)
    if any(each.fell_to for each in answer.vacancies):
        assert answer.recipients


@given(worlds())
def test_a_higher_step_tells_nobody_less(world: World) -> None:
    """Who is told at a step is told at the next one too."""
    now = {person.official_id for person in world.answer().recipients}
    world.step += 1
    assert now <= {person.official_id for person in world.answer().recipients}


@given(worlds())
def test_no_post_is_silently_unfilled(world: World) -> None:
    """Each post asked that has a place here has somebody told because of it, or stands among the vacancies; and who
    is absent from everything is told of nothing."""
    answer = world.answer()
    told = {reason.post.code for person in answer.recipients for reason in person.reasons}
    asked = {post.code for post in world.chart.asked(world.step) if post.attached_to in world.places}
    assert asked <= told | {each.post.code for each in answer.vacancies}
    assert all(each.absent == bool(holders(world, each.post.code)) for each in answer.vacancies)
    assert not away_from_everything(world.away, world.at) & {each.official_id for each in answer.recipients}


def away_from_everything(away: list[Absence], at: date) -> set[UUID]:
    """Who is not there at all that day."""
    days = [(it, it.valid_from, it.valid_to or date.max) for it in away if it.assignments is None]
    return {it.official_id for it, since, until in days if since <= at < until}


@given(st.lists(absences(), max_size=8), st.sampled_from(PEOPLE), st.sampled_from(DAYS))
def test_a_chain_of_substitutes_ends(away: list[Absence], who: Person, at: date) -> None:
    """With somebody who is there, or with nobody: whatever circles the absences make."""
    found = Absences(away).acting(who, UUID(int=0), at)
    assert found is None or found.id not in away_from_everything(away, at)
