"""The notices that come with claimed rows."""

from typing import Any, NamedTuple
from uuid import UUID

from services.notifications.deliveries.matters import Matters
from shared.ids import uuid7


class Claimed(NamedTuple):
    """A claimed row, as far as its notice goes; `kind` is known in one row of each notice only."""

    notice_id: UUID
    kind: str | None
    facts: Any = None


def test_whichever_row_of_a_notice_brings_it_serves_them_all() -> None:
    """A claim is ordered by what is due; the row that brings what a notice says may be the last of it."""
    one, other = uuid7(), uuid7()
    rows: list[Any] = [
        Claimed(one, None),
        Claimed(other, "reminder"),
        Claimed(one, None),
        Claimed(one, "escalation"),
    ]
    kinds = [matter.notice.kind for matter in Matters().of(rows)]
    assert kinds == ["escalation", "reminder", "escalation", "escalation"]


def test_what_came_with_one_claim_serves_the_next() -> None:
    """Also when hundreds of notices came in one, more than are kept for long."""
    matters = Matters()
    rows: list[Any] = [Claimed(uuid7(), "escalation") for _ in range(300)]
    assert len(matters.of(rows)) == 300
    later: list[Any] = [Claimed(rows[-1].notice_id, None)]
    assert matters.of(later)[0].notice is rows[-1]
