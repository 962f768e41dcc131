"""Reading what has followed its place, and what would be left behind if a reorganisation were undone."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.visits.reorganisations.model import SuccessionMove
from services.visits.reorganisations.rules import RESTING
from services.visits.units.rules import depth_of
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of what moved into the territory by a reorganisation, and has not come back."""
    statement = select(SuccessionMove).where(
        SuccessionMove.reorganisation_id == filters["reorganisation"],
        SuccessionMove.undone_at.is_(None),
        territory_filter(SuccessionMove.to_unit_path, who),
    )
    if filters["kind"]:
        statement = statement.where(SuccessionMove.kind == filters["kind"])
    if filters["check"] is not None:
        statement = statement.where(SuccessionMove.check == filters["check"])
    return paginate(session, statement, SuccessionMove.id, limit=filters["limit"], cursor=filters["cursor"])


def counts(session: Session, reorganisation_id: UUID) -> dict[str, int]:
    """How many of each kind have followed."""
    statement = select(SuccessionMove.kind, func.count()).where(
        SuccessionMove.reorganisation_id == reorganisation_id, SuccessionMove.undone_at.is_(None)
    )
    return {kind: count for kind, count in session.execute(statement.group_by(SuccessionMove.kind))}


def resting(session: Session, units: Sequence[Mapping[str, Any]]) -> list[str]:
    """What stands on these units (unit_id, path) and did not follow its place there, as phrases."""
    found = []
    for table, called in RESTING:
        columns = (
            {"unit_path"} if table != "issues" else {f"path_{min(depth_of(each['path']), 3)}" for each in units}
        )
        inside = " OR ".join(f"it.{column} = ANY(CAST(:paths AS text[]))" for column in sorted(columns))
        count = session.scalar(
            text(
                f"SELECT count(*) FROM {table} AS it WHERE ({inside}) AND it.unit_id = ANY(CAST(:ids AS uuid[])) "
                "AND NOT EXISTS (SELECT 1 FROM succession_moves AS moved "
                "WHERE moved.subject_id = it.id AND moved.undone_at IS NULL)"
            ),
            {"paths": [each["path"] for each in units], "ids": [each["unit_id"] for each in units]},
        )
        if count:
            found.append(f"{count} {called} rest on units that began by it")
    return found
