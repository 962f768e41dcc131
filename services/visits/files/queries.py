"""Finding files, always inside the territory of who asks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from services.visits.files.model import File
from services.visits.units.queries import paths_of
from services.visits.units.rules import narrowed
from shared.errors import BadInput, NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

SEES_RESTRICTED = "visits:write"


def one(session: Session, file_id: UUID, who: Principal) -> File:
    """A file that the client may see; raises NotFound."""
    file = session.get(File, file_id)
    if file is None or not who.covers(file.unit_path) or (file.restricted and not who.may(SEES_RESTRICTED)):
        raise NotFound()
    return file


def known(session: Session, ids: Sequence[UUID], who: Principal, field: str) -> list[File]:
    """The files with these ids in the order given, in one statement; raises BadInput naming `field.0` … for one
    that does not exist or that the client may not see."""
    if not ids:
        return []
    visible = (File.id.in_(list(ids)), territory_filter(File.unit_path, who), _not_hidden(who))
    found = {file.id: file for file in session.scalars(select(File).where(*visible))}
    for place, file_id in enumerate(ids):
        if file_id not in found:
            raise BadInput("There is no file with this id.", field=f"{field}.{place}")
    return [found[file_id] for file_id in ids]


def of_subject(session: Session, subject_id: UUID, who: Principal) -> Sequence[File]:
    """The files attached to something, oldest first; few, so not paged."""
    statement = select(File).where(
        File.subject_id == subject_id, territory_filter(File.unit_path, who), _not_hidden(who)
    )
    return session.scalars(statement.order_by(File.id)).all()


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of files, newest first; `filters` is what FileFilters loads.

    Raises BadInput naming `unit` or `cursor`.
    """
    places = narrowed(who.territories, paths_of(session, filters["unit"]) if "unit" in filters else None)
    inside = or_(*(File.unit_path.startswith(each, autoescape=True) for each in places)) if places else None
    statement = select(File).where(_not_hidden(who))
    if inside is None:
        return {"items": [], "next_cursor": None}
    if "" not in places:
        statement = statement.where(inside)
    if "subject" in filters:
        statement = statement.where(File.subject_id == filters["subject"])
    keys: Any = (File.id,)
    limits = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, *keys, descending=True, **limits)


def _not_hidden(who: Principal) -> ColumnElement[bool]:
    return true() if who.may(SEES_RESTRICTED) else File.restricted.is_(False)
