"""When two drafts are the same, and what a batch may hold."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.visits.drafts.rules import CLOCKS_DIFFER, check_made_at, check_once, digest
from shared.errors import BadInput

NOW = datetime(2026, 3, 2, tzinfo=UTC)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
    max_leaves=6,
)
bodies = st.dictionaries(st.text("abc", max_size=3), values, max_size=4)


@given(bodies, st.randoms())
def test_the_order_of_fields_makes_no_other_draft(body: dict[str, object], random: object) -> None:
    """A draft sent again by a program that orders its fields differently is the same draft."""
    names = list(body)
    random.shuffle(names)  # type: ignore[attr-defined]
    assert digest("issue", NOW, {name: body[name] for name in names}) == digest("issue", NOW, body)


def test_another_kind_text_or_moment_is_another_draft() -> None:
    """Each of them counts."""
    same = digest("issue", NOW, {"a": 1})
    others = (
        digest("visit", NOW, {"a": 1}),
        digest("issue", NOW, {"a": 2}),
        digest("issue", NOW + timedelta(seconds=1), {"a": 1}),
    )
    assert same not in others


def test_a_clock_may_be_wrong_by_a_day() -> None:
    """Later than that, a draft is refused, and so is one of the year 1."""
    check_made_at(NOW + CLOCKS_DIFFER, NOW)
    for wrong in (NOW + CLOCKS_DIFFER + timedelta(seconds=1), datetime.min.replace(tzinfo=UTC)):
        with pytest.raises(BadInput):
            check_made_at(wrong, NOW)


def test_a_draft_nested_too_deeply_is_refused() -> None:
    """It is a bad draft, not a crash."""
    body: dict[str, object] = {}
    for _ in range(2000):
        body = {"a": body}
    with pytest.raises(BadInput):
        digest("issue", NOW, body)


def test_an_id_stands_once_in_a_batch() -> None:
    """The second one is named by its place."""
    one, two = uuid4(), uuid4()
    check_once([one, two])
    with pytest.raises(BadInput) as caught:
        check_once([one, two, one])
    assert caught.value.field == "items.2.client_id"
