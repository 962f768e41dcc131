"""How texts and questions are cut into words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.search import LONGEST_WORD, query_of, words


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Cầu sập, cầu gãy", ["cau", "sap", "gay"]),
        ("Đường Đê — ĐẦU cầu", ["duong", "de", "dau", "cau"]),
        ("BT-2026-000123", ["bt", "2026", "000123"]),
        ("  !?  ", []),
    ],
)
def test_words_are_folded_and_counted_once(text: str, cut: list[str]) -> None:
    """Diacritics, case, marks and repeats make no difference."""
    assert cut == words(text)


def test_a_question_asks_for_all_words_and_lets_the_last_be_unfinished() -> None:
    """People search while they type."""
    assert query_of("Cống ngăn mă") == "'cong' & 'ngan' & 'ma':*"


def test_a_question_without_words_asks_nothing() -> None:
    """Marks alone are no question."""
    assert query_of("...") == ""


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_a_word_can_never_break_out_of_a_question(text: str) -> None:
    """Quotes, backslashes and operators are no letters, and no word is too long to be indexed."""
    for word in words(text):
        assert word.isalnum() and 0 < len(word) <= LONGEST_WORD
