"""Keeping files, attaching them, taking back what was uploaded by mistake."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from services.visits.files import queries
from services.visits.files.examining import Examined
from services.visits.files.model import File
from services.visits.officials import queries as officials
from services.visits.units.queries import reporting_unit
from shared.errors import BadInput, RuleBroken
from shared.web.auth import Principal


@dataclass(frozen=True, slots=True)
class Uploading:
    """Where a file may be kept, and for whom: checked."""

    unit_path: str
    official: tuple[UUID, str] | None
    client_id: str


def allow(session: Session, given: dict[str, Any], who: Principal) -> Uploading:
    """May this be uploaded there? `given` is what UploadForm loads.

    Raises BadInput naming `unit` or `official`, Forbidden for a place outside the territory.
    """
    place = reporting_unit(session, given["unit"])
    who.check(place.unit.path)
    person = officials.known(session, given["official"], "official") if "official" in given else None
    return Uploading(place.unit.path, (person.id, person.full_name) if person else None, who.client_id)


def upload(session: Session, uploading: Uploading, examined: Examined) -> File:
    """Write down a file whose content is in the store."""
    file = File.upload(
        sha256=examined.sha256,
        size=len(examined.data),
        type=examined.type,
        name=examined.name,
        thumbnail=examined.thumbnail is not None,
        unit_path=uploading.unit_path,
        official=uploading.official,
        uploaded_by=uploading.client_id,
    )
    session.add(file)
    session.flush()
    return file


def attach(
    session: Session,
    ids: Sequence[UUID],
    kind: str,
    subject_id: UUID,
    *,
    restricted: bool = False,
    field: str = "files",
) -> None:
    """Attach files to something, for good; again, it changes nothing. Check them with `queries.known` before.

    Raises BadInput naming `field` if one belongs to something else already, or has been cleared away meanwhile.
    """
    if not ids:
        return
    same = and_(File.subject_id == subject_id, File.subject_kind == kind)
    free = or_(File.subject_id.is_(None), same)
    values = {"subject_kind": kind, "subject_id": subject_id, "restricted": restricted}
    change = update(File).where(File.id.in_(list(ids)), free).values(values).returning(File.id)
    if len(session.scalars(change).all()) < len(set(ids)):
        raise BadInput("A file belongs to something else already, or is not there any more.", field=field)


def take_back(session: Session, file_id: UUID, who: Principal) -> None:
    """Drop a file that is attached to nothing; its content goes once nobody has it (`clearing`).

    Raises NotFound, RuleBroken if it is attached.
    """
    queries.one(session, file_id, who)
    wanted = select(File).where(File.id == file_id).with_for_update()
    file = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if file is None:
        return
    if file.subject_id is not None:
        raise RuleBroken("The file belongs to something; what is attached stays.")
    session.delete(file)
