"""Who is responsible: the resolver against a slow and obvious one, on any posts, places and assignments."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.assignments.responsibility.rules import Answer, Chart, Holding, Place, Post, Roster, resolve

CODES = "abcdef"
KINDS = ("province", "district", "commune", "cluster", "hamlet")
HERE = {kind: Place(UUID(int=n), f"{kind} here") for n, kind in enumerate(KINDS, 1)}
ELSEWHERE = UUID(int=99)
DAYS = [date(2026, 1, n) for n in range(1, 8)]

Held = tuple[str, UUID, Holding]


@dataclass
class World:
    """A question, and all that it needs."""

    chart: Chart
    held: list[Held]
    places: dict[str, Place]
    at: date
    step: int

    def answer(self, held: list[Held] | None = None) -> Answer:
        """What the resolver says."""
        return resolve(self.chart, Roster(self.held if held is None else held), self.places, self.at, self.step)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any posts (loops included), any steps, any places, any assignments."""
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
    above = st.none() | st.sampled_from(codes)
    posts = {
        code: Post(code, f"{code} vi", f"{code} en", draw(st.sampled_from(KINDS)), draw(above)) for code in codes
    }
    asked = draw(st.lists(st.sampled_from(codes), unique=True))
    steps = sorted((draw(st.integers(1, 3)), code) for code in asked)
    kinds = draw(st.sets(st.sampled_from(KINDS)))
    held = draw(st.lists(holdings(codes), max_size=12))
    at, step = draw(st.sampled_from(DAYS)), draw(st.integers(1, 3))
    numbered = [(post, place, it._replace(assignment_id=UUID(int=n))) for n, (post, place, it) in enumerate(held)]
    return World(Chart(posts, steps), numbered, {kind: HERE[kind] for kind in KINDS if kind in kinds}, at, step)


def holdings(codes: list[str]) -> st.SearchStrategy[Held]:
    """Any assignment of one of four people, two of them homonyms."""
    people = st.sampled_from(
        [(UUID(int=n), name) for n, name in ((11, "An"), (12, "An"), (13, "Bình"), (14, "Ân"))]
    )
    ids = st.sampled_from([*(place.id for place in HERE.values()), ELSEWHERE])
    return st.builds(
        lambda code, place, who, since, until: (
            code,
            place,
            Holding(UUID(int=0), who[0], who[1], who[1], "QĐ", since, until),
        ),
        st.sampled_from(codes),
        ids,
        people,
        st.sampled_from(DAYS),
        st.none() | st.sampled_from(DAYS),
    )


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


def expected(world: World) -> tuple[set[tuple[UUID, str, UUID, str | None]], set[tuple[str, str | None]]]:
    """Said slowly: the reasons (person, post, assignment, standing in for) and the vacancies (post, fell to)."""
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

    reasons = {(it.official_id, code, it.assignment_id, None) for code in asked for it in holders(world, code)}
    vacancies: set[tuple[str, str | None]] = set()
    for code in asked:
        if holders(world, code):
            continue
        held_above = [each for each in ladder(code) if holders(world, each)]
        heir = held_above[0] if held_above else None
        passed = ladder(code)[: ladder(code).index(heir)] if heir else ladder(code)
        for vacant in [code, *passed]:
            vacancies.add((vacant, heir))
            name = f"{posts[vacant].name_vi} ({places[posts[vacant].attached_to].name})"
            if heir:
                reasons |= {(it.official_id, heir, it.assignment_id, name) for it in holders(world, heir)}
    return reasons, vacancies


@settings(deadline=None, max_examples=400)
@given(worlds())
def test_the_resolver_says_what_the_slow_one_says(world: World) -> None:
    """The same people, the same reasons, the same vacancies."""
    answer = world.answer()
    reasons, vacancies = expected(world)
    got = [
        (person.official_id, reason.post.code, reason.holding.assignment_id, reason.standing_in_for)
        for person in answer.recipients
        for reason in person.reasons
    ]
    assert set(got) == reasons and len(got) == len(reasons)
    assert {(each.post.code, each.fell_to) for each in answer.vacancies} == vacancies


@settings(deadline=None)
@given(worlds())
def test_each_person_and_each_vacancy_stands_once(world: World) -> None:
    """However many posts a person holds, and however many vacancies lead to the same post."""
    answer = world.answer()
    people = [person.official_id for person in answer.recipients]
    posts = [each.post.code for each in answer.vacancies]
    assert len(people) == len(set(people)) and len(posts) == len(set(posts))
    assert all(person.reasons for person in answer.recipients)


@settings(deadline=None)
@given(worlds(), st.randoms())
def test_the_answer_does_not_depend_on_the_order_of_rows(world: World, chance: object) -> None:
    """The same facts in any order give the same answer, to the letter."""
    shuffled = world.held[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert world.answer(shuffled) == world.answer()


@settings(deadline=None)
@given(worlds())
def test_nobody_is_told_only_if_nobody_can_be(world: World) -> None:
    """While any post asked, or any above it, is held, somebody is told."""
    answer = world.answer()
    if answer.vacancies and not answer.recipients:
        assert all(each.fell_to is None for each in answer.vacancies)
    if any(each.fell_to for each in answer.vacancies):
        assert answer.recipients


@settings(deadline=None)
@given(worlds())
def test_a_higher_step_tells_nobody_less(world: World) -> None:
    """Who is told at a step is told at the next one too."""
    now = {person.official_id for person in world.answer().recipients}
    world.step += 1
    assert now <= {person.official_id for person in world.answer().recipients}
