"""The tree of categories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.visits.categories.rules import DEEPEST, ancestors, check_parent, height
from shared.errors import BadInput

TREE = {"water": None, "pipes": "water", "leaks": "pipes", "health": None}


@pytest.mark.parametrize(
    ("code", "parent"),
    [("pipes", "pipes"), ("water", "leaks"), ("pipes", "leaks"), ("pipes", "nothing"), ("new", "nothing")],
)
def test_no_circle_and_no_unknown_parent(code: str, parent: str) -> None:
    """The answer names the field."""
    with pytest.raises(BadInput) as refused:
        check_parent(TREE, code, parent)
    assert refused.value.field == "parent"


@pytest.mark.parametrize(
    ("code", "parent"), [("water", None), ("new", "leaks"), ("pipes", "health"), ("leaks", None)]
)
def test_a_category_moves_with_all_below_it(code: str, parent: str | None) -> None:
    """To the top, or below another."""
    check_parent(TREE, code, parent)


def test_the_tree_stays_shallow() -> None:
    """A whole branch counts, not its top alone."""
    with pytest.raises(BadInput):
        check_parent(TREE | {"taps": "leaks"}, "new", "taps")
    with pytest.raises(BadInput):
        check_parent(TREE | {"x": "health"}, "water", "x")


@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")), max_size=30))
def test_whatever_is_asked_for_it_stays_a_tree(asked: list[tuple[str, str]]) -> None:
    """Every category comes to a top in at most so many levels."""
    tree: dict[str, str | None] = dict.fromkeys("abcdefg")
    for code, parent in asked:
        try:
            check_parent(tree, code, parent)
        except BadInput:
            continue
        tree[code] = parent
    assert all(len(ancestors(tree, code)) + height(tree, code) <= DEEPEST for code in tree)
