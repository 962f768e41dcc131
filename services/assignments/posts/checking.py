"""Whether the posts in force can be worked with, from a day on: asked before any change of them is kept."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.assignments.posts import queries, rules
from services.assignments.posts.rules import Fault, Ruled
from shared.errors import BadInput


@dataclass(frozen=True, slots=True)
class Period:
    """A rule with its validity, see rules.DatedRule."""

    ruled: Ruled
    valid_from: date
    valid_to: date | None


def take_turns(session: Session) -> None:
    """Two changes of the rules take turns; readers do not wait."""
    session.execute(text("LOCK TABLE post_rules IN SHARE ROW EXCLUSIVE MODE"))


def check(session: Session, periods: Iterable[Period], since: date, touched: Collection[str]) -> None:
    """Raises BadInput naming the field of the first fault, on the first day from `since` on that has one."""
    for fault in found(session, periods, since, touched):
        raise BadInput(fault.message, field=fault.field)


def planned(
    session: Session, code: str, attached_to: str, since: date, rule: Mapping[str, Any] | None
) -> list[Period]:
    """All rules as they would be if this held of a post from a day on (None: it is not in force), in the place of
    what was planned for later."""
    periods = []
    for row in queries.with_rules(session):
        until = row.valid_to
        if row.code == code:
            if row.valid_from >= since:
                continue
            until = min(until or since, since)
        ruled = Ruled(row.code, row.attached_to, row.above, row.step, row.position)
        periods.append(Period(ruled, row.valid_from, until))
    if rule is not None:
        ruled = Ruled(code, attached_to, rule["above"], rule["step"], rule["position"])
        periods.append(Period(ruled, since, None))
    return periods


def found(session: Session, periods: Iterable[Period], since: date, touched: Collection[str]) -> list[Fault]:
    """All faults of the first day from `since` on that has any."""
    levels, present, kept = queries.levels(session), queries.present(session), list(periods)
    for day in rules.boundaries(kept, since):
        there = [level for level, (first, end) in present.items() if first <= day < end]
        wrong = rules.faults(rules.in_force(kept, day), levels, there, touched)
        if wrong:
            return wrong
    return []
