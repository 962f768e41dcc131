"""Which sets of posts can be worked with, and why the others are refused."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assignments.posts.rules import Ruled, boundaries, faults

LEVELS = ("province", "district", "commune")
GOOD = [
    Ruled("leader", "province", None, 2, 1),
    Ruled("overseer", "district", "leader", 1, 2),
    Ruled("follower", "commune", "overseer", 1, 1),
    Ruled("hamlets", "hamlet", "follower", None, None),
]


def said(
    *posts: Ruled, present: tuple[str, ...] = LEVELS, touched: set[str] | None = None
) -> list[tuple[str, str]]:
    """The post and the field of each fault, all posts being changed unless told otherwise."""
    codes = {post.code for post in posts} if touched is None else touched
    return [(fault.code, fault.field) for fault in faults(posts, LEVELS, present, codes)]


def test_the_posts_of_three_tiers_are_good() -> None:
    """Nothing is wrong with them, nor with any order of them."""
    assert said(*GOOD) == [] and said(*reversed(GOOD)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"leader": {"above": "follower"}}, [("leader", "above")]),
        ({"leader": {"above": "leader"}}, [("leader", "above")]),
        ({"follower": {"above": "king"}}, [("follower", "above")]),
        ({"follower": {"attached_to": "canton"}}, [("follower", "attached_to")]),
        ({"overseer": {"position": 1}}, [("follower", "position")]),
        ({"overseer": {"position": None}}, [("overseer", "position")]),
        ({"leader": {"step": 3}}, [("leader", "step")]),
        ({"leader": {"step": None, "position": None}}, []),
        ({"overseer": {"step": 2, "position": 2}}, []),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, dict[str, object]], expected: list[tuple[str, str]]) -> None:
    """The post and its field; a circle is told once."""
    posts = [post._replace(**change.get(post.code, {})) for post in GOOD]  # type: ignore[arg-type]
    assert said(*posts) == expected


def test_a_step_nobody_can_fill_is_refused() -> None:
    """Without districts the overseer cannot be made, though one that was there before may stay; a step all of whose
    posts have no unit is refused whoever is changed. As long as no units are known nothing is said of them."""
    two_tiers = ("province", "commune")
    assert said(*GOOD, present=two_tiers) == [("overseer", "attached_to")]
    assert said(*GOOD, present=two_tiers, touched={"leader"}) == []
    alone = [GOOD[1]._replace(above=None)]
    assert said(*alone, present=two_tiers, touched=set()) == [("overseer", "step")]
    assert said(*alone, present=()) == []
    cluster = GOOD[2]._replace(attached_to="cluster", above=None)
    assert said(cluster, present=two_tiers) == [("follower", "attached_to"), ("follower", "step")]


def test_no_posts_at_all_are_no_rules() -> None:
    """Somebody has to be asked at step 1."""
    assert [fault.field for fault in faults([], LEVELS, LEVELS, set())] == ["step"]
    assert said(GOOD[3]._replace(above=None)) == [("hamlets", "step")]


def test_the_same_post_twice_is_refused() -> None:
    """In a set that somebody sends."""
    assert ("leader", "code") in said(*GOOD, GOOD[0])


@settings(max_examples=200)
@given(st.data())
def test_what_is_accepted_has_an_end(data: st.DataObject) -> None:
    """Upwards from any post of an accepted set one comes to a top, and every step asks somebody."""
    codes = data.draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
    posts = []
    for code in codes:
        step = data.draw(st.none() | st.integers(1, 3))
        position = None if step is None else data.draw(st.integers(1, 3))
        above = data.draw(st.none() | st.sampled_from("abcdef"))
        posts.append(Ruled(code, data.draw(st.sampled_from(LEVELS)), above, step, position))
    if said(*posts):
        return
    above_of = {post.code: post.above for post in posts}
    for code in codes:
        at: str | None = code
        for _ in range(len(codes)):
            at = above_of[at] if at is not None else None
        assert at is None
    asked = {post.step for post in posts if post.step is not None}
    assert asked == set(range(1, max(asked) + 1))


@dataclass
class Held:
    """A validity."""

    valid_from: date
    valid_to: date | None


def test_rules_are_looked_at_on_each_day_they_change() -> None:
    """From the day asked for on."""
    rules = [Held(date(1900, 1, 1), date(2025, 7, 1)), Held(date(2025, 7, 1), date(2027, 1, 1))]
    days = [date(2025, 1, 1), date(2025, 7, 1), date(2027, 1, 1)]
    assert boundaries(rules, days[0]) == days and boundaries(rules, date(2028, 1, 1)) == [date(2028, 1, 1)]
