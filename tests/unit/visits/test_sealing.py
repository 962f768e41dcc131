"""Sealing who reported."""

import pytest

from services.visits.sealing import CannotOpen, Sealer
from shared.ids import uuid7

OLD, NEW = "an old secret " * 4, "a new secret " * 4
WHO = {"name": "Bà Tư", "contact": "0912 345 678"}
ISSUE = uuid7()


def test_what_is_sealed_opens_and_does_not_show() -> None:
    """Neither name nor number is in what is stored."""
    columns = Sealer([NEW]).columns(ISSUE, WHO)
    assert Sealer([NEW]).open(ISSUE, columns["sealed"], columns["key_id"]) == WHO
    assert "Bà Tư".encode() not in columns["sealed"] and b"0912" not in columns["sealed"]


def test_the_same_contact_is_never_sealed_the_same() -> None:
    """Nobody sees from outside that two reporters are one."""
    assert Sealer([NEW]).columns(ISSUE, WHO)["sealed"] != Sealer([NEW]).columns(ISSUE, WHO)["sealed"]


def test_an_older_secret_still_opens() -> None:
    """After a rotation, as long as it is given; the new one seals."""
    columns = Sealer([OLD]).columns(ISSUE, WHO)
    both = Sealer([NEW, OLD])
    assert both.open(ISSUE, columns["sealed"], columns["key_id"]) == WHO
    assert both.columns(ISSUE, WHO)["key_id"] == Sealer([NEW]).key_id != columns["key_id"]


def test_it_opens_for_its_own_issue_and_with_its_own_key_only() -> None:
    """A row put under another issue says nothing, nor does a changed one."""
    columns = Sealer([NEW]).columns(ISSUE, WHO)
    sealed, key_id = columns["sealed"], columns["key_id"]
    for sealer, issue, data in (
        (Sealer([NEW]), uuid7(), sealed),
        (Sealer([OLD]), ISSUE, sealed),
        (Sealer([NEW]), ISSUE, sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ):
        with pytest.raises(CannotOpen):
            sealer.open(issue, data, key_id)
