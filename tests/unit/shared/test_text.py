"""Vietnamese text as it is stored and searched."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import fold, nfc


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đặng Thị Ánh", "dang thi anh"),
        ("Ðặng", "dang"),
        ("Ɖặng", "dang"),
        ("Hoà  Bình", "hoa binh"),
        ("Hòa Bình", "hoa binh"),
        ("  ấp\u00a0Thạnh\tĐông ", "ap thanh dong"),
        ("QUÝ", "quy"),
        ("Quí", "qui"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    """Marks, case and spacing fall away; i and y stay apart."""
    assert fold(text) == folded


@given(st.text())
def test_fold_is_stable(text: str) -> None:
    """Folding twice changes nothing more, and the normal form of the input does not matter."""
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(nfc(text))
