"""What happened in a place in a period, in numbers: what a report is prefilled with.

Read by plain SQL: some of these tables belong to concepts that stand above this one, which it must not import.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.visits.issues.listing import UPPER_PATHS
from services.visits.reports.rules import PROPOSALS_LISTED
from services.visits.units.rules import depth_of
from shared.clock import LOCAL


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: of a place (and hamlet), by an official where an official acts, between two days."""

    unit_path: str
    hamlet_id: UUID | None
    official_id: UUID
    first_day: date
    last_day: date

    def values(self) -> dict[str, Any]:
        """The parameters of the statements below."""
        return {
            "path": self.unit_path,
            "hamlet": self.hamlet_id,
            "official": self.official_id,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "since": datetime.combine(self.first_day, time(), LOCAL),
            "until": datetime.combine(self.last_day + timedelta(days=1), time(), LOCAL),
        }


# {inside}: the issues of a path are found by an index that ends with the time they were reported.
_HERE = "{inside} AND (CAST(:hamlet AS uuid) IS NULL OR i.hamlet_id = :hamlet) AND i.reported_at < :until"

_STATEMENTS = (
    f"""SELECT count(*) FILTER (WHERE reported_at >= :since) AS issues,
               count(*) FILTER (WHERE reported_at >= :since AND kind = 'pressing') AS pressing,
               count(*) FILTER (WHERE reported_at >= :since AND kind = 'difficulty') AS difficulty,
               count(*) FILTER (WHERE reported_at >= :since AND kind = 'proposal') AS proposal,
               count(*) FILTER (WHERE state NOT IN ('resolved', 'verified', 'rejected', 'merged')) AS open
        FROM issues i WHERE {_HERE}""",
    f"""SELECT count(*) AS escalations, count(e.acknowledged_at) AS acknowledged
        FROM escalations e JOIN issues i ON i.id = e.issue_id
        WHERE {_HERE} AND e.escalated_at >= :since AND e.escalated_at < :until""",
    """SELECT count(*) FILTER (WHERE activity = 'visit') AS visits,
              count(*) FILTER (WHERE activity = 'meeting') AS meetings,
              count(*) FILTER (WHERE activity = 'feedback') AS feedback
       FROM activities WHERE official_id = :official AND starts_with(unit_path, :path)
         AND day BETWEEN :first_day AND :last_day""",
    """SELECT count(*) AS information_asked, count(answered_at) AS information_answered
       FROM information_requests
       WHERE starts_with(unit_path, :path) AND asked_at >= :since AND asked_at < :until""",
    """SELECT count(*) AS support, coalesce(sum(amount), 0) AS money
       FROM contributions WHERE starts_with(unit_path, :path) AND voided_at IS NULL
         AND given_on BETWEEN :first_day AND :last_day""",
)

_PROPOSALS = f"""SELECT code, title FROM issues i
    WHERE {_HERE} AND reported_at >= :since AND kind = 'proposal'
    ORDER BY reported_at, id LIMIT {PROPOSALS_LISTED}"""


def figures(session: Session, scope: Scope) -> dict[str, int]:
    """The numbers of a period; those of officials' own work are of this official."""
    found: dict[str, int] = {}
    for statement in _STATEMENTS:
        row = session.execute(text(_placed(statement, scope)), scope.values()).mappings().one()
        found |= {name: int(value) for name, value in row.items()}
    return found


def proposals(session: Session, scope: Scope) -> list[tuple[str, str]]:
    """Code and title of what was proposed in the period, oldest first."""
    return [(row.code, row.title) for row in session.execute(text(_placed(_PROPOSALS, scope)), scope.values())]


def _placed(statement: str, scope: Scope) -> str:
    depth = depth_of(scope.unit_path)
    inside = f"i.path_{depth} = :path" if depth <= UPPER_PATHS else "starts_with(i.unit_path, :path)"
    return statement.replace("{inside}", inside)
