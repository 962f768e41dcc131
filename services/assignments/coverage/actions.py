"""Keeping coverage: its limits, and a snapshot of the day."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.assignments.coverage import queries
from services.assignments.coverage.model import CoverageLimit, CoverageSnapshot
from services.assignments.coverage.rules import Limit
from shared.errors import BadInput, Forbidden, NotFound
from shared.web.auth import Principal


def limits(session: Session) -> dict[str, int]:
    """The limits in force, by code."""
    return {row.code: row.amount for row in session.scalars(select(CoverageLimit))}


def locked_limit(session: Session, code: str) -> CoverageLimit:
    """A limit, locked until this transaction ends; raises NotFound."""
    found = session.get(CoverageLimit, code, with_for_update=True)
    if found is None:
        raise NotFound()
    return found


def change_limit(who: Principal, limit: CoverageLimit, *, amount: int, source: str) -> CoverageLimit:
    """Set it anew; raises Forbidden for a client whose territory is not everything, BadInput for no weekday."""
    if not who.covers(""):
        raise Forbidden("A limit holds everywhere; your territory does not.")
    if limit.code == Limit.NOTICE_WEEKDAY and amount > 7:
        raise BadInput("1 is Monday, 7 is Sunday.", field="amount")
    limit.change(amount, source)
    return limit


def keep_snapshot(session: Session, path: str, day: date) -> None:
    """Keep how the units of a territory are covered on a day; what was kept of that day before gives way."""
    rows = [
        {
            "unit_id": tally.unit_id,
            "day": day,
            "required": tally.required,
            "covered": tally.covered,
            "absent": tally.absent,
            "uncovered_units": uncovered,
        }
        for tally, uncovered in queries.tallies(session, path, day)
    ]
    if not rows:
        return
    new = insert(CoverageSnapshot).values(rows)
    kept = {name: new.excluded[name] for name in ("required", "covered", "absent", "uncovered_units")}
    session.execute(new.on_conflict_do_update(index_elements=["unit_id", "day"], set_=kept))
