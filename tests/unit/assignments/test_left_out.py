"""Whom an escalation falls to when people cannot be reached: whoever is out of reach, and in whatever order that is
noticed, somebody who can be reached hears of every post for which there is anybody."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.assignments.responsibility.left_out import falls_to, lasting
from services.assignments.responsibility.rules import Answer, Roster, resolve, walk
from services.assignments.responsibility.standing import Absence, Person
from tests.unit.assignments.test_resolver import (
    CHART,
    COMMUNE,
    DAY,
    DISTRICT,
    FOLLOWER,
    LEADER,
    OVERSEER,
    PLACES,
    held,
)
from tests.unit.assignments.test_resolver import PROVINCE as TOP

PEOPLE = [Person(UUID(int=number + 1), name) for number, name in enumerate("ABCDEF")]
SPOTS = ((FOLLOWER, COMMUNE), (OVERSEER, DISTRICT), (LEADER, TOP))

holders = st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True)
absences = st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from([*PEOPLE, None])), max_size=3)


def roster_of(by_post: list[list[Person]], away: list[tuple[Person, Person | None]]) -> Roster:
    """Who holds which post, and who stands in for whom."""
    holdings = [
        held(post, place, each.full_name, each.id)
        for (post, place), group in zip(SPOTS, by_post, strict=True)
        for each in group
    ]
    found = [
        Absence(UUID(int=100 + number), each.id, instead, None, date(2020, 1, 1), None)
        for number, (each, instead) in enumerate(away)
        if each != instead
    ]
    return Roster(holdings, found)


def ask(roster: Roster, unreached: set[UUID]) -> Answer:
    """The answer of the day as if these were out of reach."""
    return resolve(CHART, roster.without((), unreached), PLACES, DAY, 1)


def told_in_the_end(roster: Roster, unreachable: list[UUID]) -> set[UUID]:
    """Who has been told once everybody told who is out of reach, in this order, has been passed over."""
    told = {each.official_id for each in ask(roster, set()).recipients}
    noticed: set[UUID] = set()
    while missed := [each for each in unreachable if each in told and each not in noticed]:
        before = ask(roster, noticed)
        noticed.add(missed[0])
        told |= {each.official_id for each in falls_to(before, ask(roster, noticed), missed[0])}
    return told


@given(st.lists(holders, min_size=3, max_size=3), absences, st.permutations(PEOPLE), st.integers(0, 6))
def test_every_post_reaches_somebody_in_any_order(
    by_post: list[list[Person]],
    away: list[tuple[Person, Person | None]],
    everybody: list[Person],
    count: int,
) -> None:
    """Whoever acts for each post, or above it, and can be reached is told; another order tells the same of them."""
    roster, unreachable = roster_of(by_post, away), [each.id for each in everybody[:count]]
    told = told_in_the_end(roster, unreachable)
    without = roster.without((), unreachable)
    for post in CHART.asked(1):
        if post.attached_to in PLACES:
            _, _, acting = walk(CHART, without, PLACES, DAY, post)
            assert {each.person.id for each in acting} <= told
    assert told_in_the_end(roster, unreachable[::-1]) - set(unreachable) == told - set(unreachable)


def test_a_substitute_stands_in_and_the_post_is_not_vacant() -> None:
    """Whoever cannot be reached still holds the post: the substitute acts, else the post above; who is left out as
    a holder has no substitute either."""
    an, binh, sau = PEOPLE[:3]
    roster = roster_of([[an], [binh], []], [(an, sau)])
    instead = ask(roster, {an.id})
    assert [each.full_name for each in instead.recipients] == ["C", "B"] and lasting(instead, instead) == []
    gone = ask(roster, {an.id, sau.id})
    assert [each.full_name for each in gone.recipients] == ["B"]
    assert [each.post.code for each in gone.vacancies] == ["follower"] and lasting(instead, gone) == []
    declined = resolve(CHART, roster.without([an.id]), PLACES, DAY, 1)
    assert [each.full_name for each in declined.recipients] == ["B"]
