"""Contact details and the Vietnamese order of names."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assignments.officials.rules import email_address, phone_number, sort_key


@pytest.mark.parametrize(
    "ordered",
    [
        # The order of the alphabet: a ă â b c d đ e ê g … o ô ơ … u ư.
        ["An", "Ăn", "Ân", "Bình", "Dũng", "Đạt", "Em", "Êm", "Giang"],
        ["Oanh", "Ôn", "Ơn", "Phúc", "Uyên", "Ưng", "Vân"],
        # Tones decide between equal letters only: ngang, huyền, hỏi, ngã, sắc, nặng.
        ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Mai"],
        ["hoa", "Hòa", "Hoàng"],
    ],
)
def test_names_sort_as_a_vietnamese_dictionary_does(ordered: list[str]) -> None:
    """Letters first, tones last, capitals without weight."""
    shuffled = ordered[:]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=lambda name: sort_key(name, name)) == ordered


def test_the_given_name_counts_first() -> None:
    """Nguyễn Văn An stands before Bùi Thị Bình; with equal given names the full name decides."""
    people = [("Bình", "Bùi Thị Bình"), ("An", "Nguyễn Văn An"), ("An", "Lê Văn An")]
    assert sorted(people, key=lambda each: sort_key(*each)) == [people[2], people[1], people[0]]


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_has_a_key(given_name: str, full_name: str) -> None:
    """No text breaks the key, and the key holds nothing PostgreSQL refuses."""
    key = sort_key(given_name, full_name)
    assert key.isascii() and "\x00" not in key


def test_decomposed_text_has_the_same_key() -> None:
    """The key does not depend on the normal form."""
    assert sort_key("Ấn", "Lê Ấn") == sort_key("A\u0302\u0301n", "Le\u0302 A\u0302\u0301n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912-345-678", "+84912345678"),
        ("0275 3822 115", "+842753822115"),
        ("+1 650 253 0000", "+16502530000"),
    ],
)
def test_phone_numbers_become_e164(text: str, expected: str) -> None:
    """Numbers of Việt Nam need no country code."""
    assert phone_number(text) == expected


@pytest.mark.parametrize("text", ["1022", "113", "0912", "abc", "", "+84", "0912345678901", "0912 345 678 x 5"])
def test_what_cannot_be_called_is_refused(text: str) -> None:
    """Short codes, fragments and extensions are no official's number."""
    with pytest.raises(ValueError, match="phone number"):
        phone_number(text)


def test_addresses_are_normalised() -> None:
    """The domain in lower case and ASCII; .example is allowed."""
    assert email_address("An.Nguyen@BenTre.Example") == "An.Nguyen@bentre.example"
    assert email_address("an@bếntre.example") == "an@xn--bntre-o61b.example"


@pytest.mark.parametrize(
    "text",
    [
        "an",
        "an@",
        "@x.example",
        "an@x",
        "a b@x.example",
        "an@x.example\nBcc: b@x.example",
        "an@x..example",
        "án@x.example",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """Nothing that could become a second header or an undeliverable recipient."""
    with pytest.raises(ValueError, match="Not an e-mail address"):
        email_address(text)
