"""Who acts for an official who is away."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.visits.absences.rules import Away, about, acting, by_official, spells

START = date(2026, 1, 1)
PEOPLE = [UUID(int=number) for number in range(1, 5)]
HELD = UUID(int=99)


@st.composite
def absences(draw: st.DrawFn) -> list[Away]:
    """Of four people, by chance in one another's place."""
    found = []
    for number in range(draw(st.integers(0, 8))):
        who = draw(st.sampled_from(PEOPLE))
        other = draw(st.sampled_from([None, *(each for each in PEOPLE if each != who)]))
        first = START + timedelta(days=draw(st.integers(0, 30)))
        length = draw(st.none() | st.integers(1, 15))
        until = None if length is None else first + timedelta(days=length)
        limited = draw(st.sampled_from([None, frozenset({HELD}), frozenset({UUID(int=98)})]))
        found.append(Away(UUID(int=1000 + number), who, other, limited, first, until))
    return found


@given(absences())
def test_the_pieces_say_of_each_day_who_acts(given_: Sequence[Away]) -> None:
    """Without a gap, and as asking day by day; other people's absences make no difference."""
    known = by_official(given_)
    end = START + timedelta(days=50)
    days = [
        (first + timedelta(days=number), who)
        for first, until, who in spells(PEOPLE[0], HELD, START, end, about(PEOPLE[0], known))
        for number in range((until - first).days)
    ]
    assert days == [
        (day, acting(PEOPLE[0], HELD, day, known)) for day in (START + timedelta(days=each) for each in range(50))
    ]


def test_a_chain_ends_with_who_is_there_or_with_nobody() -> None:
    """The substitute's substitute; nobody where there is none, or where it comes back."""
    an, binh, cuc, _ = PEOPLE
    first = Away(UUID(int=1), an, binh, None, START, None)
    assert acting(an, HELD, START, by_official([first])) == binh
    second = Away(UUID(int=2), binh, cuc, None, START, None)
    assert acting(an, HELD, START, by_official([first, second])) == cuc
    # Away from another assignment only, Bình still stands in.
    limited = Away(UUID(int=2), binh, cuc, frozenset({HELD}), START, None)
    assert acting(an, HELD, START, by_official([first, limited])) == binh
    back = Away(UUID(int=3), cuc, an, None, START, None)
    assert acting(an, HELD, START, by_official([first, second, back])) is None
