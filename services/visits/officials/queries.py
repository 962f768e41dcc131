"""Reading officials."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.officials.model import Official
from shared.errors import BadInput


def known(session: Session, official_id: UUID, field: str) -> Official:
    """The active official with this id; raises BadInput naming `field`."""
    official = session.get(Official, official_id)
    if official is None:
        raise BadInput("There is no official with this id.", field=field)
    if not official.active:
        raise BadInput(f"{official.full_name} is not active any more.", field=field)
    return official


def all_known(session: Session, official_ids: Iterable[UUID], field: str) -> list[Official]:
    """The active officials with these ids in the order given, one statement; raises BadInput naming `field.0` …"""
    wanted = list(official_ids)
    rows = session.scalars(select(Official).where(Official.id.in_(wanted))) if wanted else ()
    found = {row.id: row for row in rows}
    for place, official_id in enumerate(wanted):
        if official_id not in found or not found[official_id].active:
            raise BadInput("There is no active official with this id.", field=f"{field}.{place}")
    return [found[official_id] for official_id in wanted]
