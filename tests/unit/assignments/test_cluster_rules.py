"""What changes when a cluster's communes do."""

from datetime import date
from uuid import UUID

from services.assignments.clusters.rules import difference
from shared.ids import uuid7

A, B, C = uuid7(), uuid7(), uuid7()
DAY = date(2026, 1, 1)


class Membership:
    """A membership since 2020."""

    def __init__(self, commune_id: UUID, valid_to: date | None = None) -> None:
        self.commune_id, self.valid_from, self.valid_to = commune_id, date(2020, 1, 1), valid_to


def test_communes_leave_and_join() -> None:
    """Who is no longer wanted leaves, who is not yet there joins, the others stay."""
    a, b = Membership(A), Membership(B)
    assert difference([a, b], [B, C], DAY) == ([a], [C])


def test_ended_memberships_are_history() -> None:
    """A commune that was there once joins anew."""
    assert difference([Membership(A, date(2022, 1, 1))], [A], DAY) == ([], [A])
