"""Finding who has read a document, who has not, and what somebody has yet to read."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from services.assignments.assignments.model import Assignment
from services.assignments.documents.model import Document
from services.assignments.documents.queries import visible
from services.assignments.officials.model import Official
from services.assignments.readings.model import DocumentReading
from services.assignments.units.model import Unit
from services.assignments.validity import valid_on
from shared import clock
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate


def yet_to_read(
    session: Session, official_id: UUID, who: Principal, *, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of the must-read documents in force that concern an official who has not read them, newest first."""
    statement = (
        select(Document)
        .join(Document.unit)
        .options(contains_eager(Document.unit))
        .where(visible(who), _to_be_read(), _concerns(official_id), ~_read_by(official_id))
    )
    keys = (Document.issued_on, Document.id)
    return paginate(session, statement, *keys, limit=limit, cursor=cursor, descending=True)


def unread(
    session: Session, document: Document, who: Principal, *, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of the officials in the client's territory whom the document concerns and who have not read it."""
    place = Unit.__table__.alias("place")
    held = (
        select(Assignment.id)
        .join(place, place.c.id == Assignment.territory_id)
        .where(Assignment.official_id == Official.id, valid_on(Assignment, clock.today()))
        .where(place.c.path.startswith(document.unit.path, autoescape=True), territory_filter(place.c.path, who))
    )
    if document.posts:
        held = held.where(Assignment.post_code.in_(document.posts))
    statement = select(Official).where(Official.active, held.exists(), ~_has_read(document))
    return paginate(session, statement, Official.sort_key, Official.id, limit=limit, cursor=cursor)


def readers(
    session: Session, document: Document, who: Principal, *, limit: int, cursor: str | None
) -> dict[str, Any]:
    """One page of those who have read it, the first ones first; only officials whom the client may see."""
    statement = (
        select(DocumentReading.document_id, DocumentReading.read_at, DocumentReading.official_id)
        .join(Official, Official.id == DocumentReading.official_id)
        .join(Unit, Unit.id == Official.unit_id)
        .where(DocumentReading.document_id == document.id, visible(who))
    )
    keys = (DocumentReading.read_at, DocumentReading.official_id)
    found = paginate(session, statement, *keys, limit=limit, cursor=cursor, scalars=False)
    ids = [row.official_id for row in found["items"]]
    people = {each.id: each for each in session.scalars(select(Official).where(Official.id.in_(ids)))}
    return found | {"items": [dict(row) | {"official": people[row.official_id]} for row in found["items"]]}


def _to_be_read() -> ColumnElement[bool]:
    lasts = or_(Document.repealed_on.is_(None), Document.repealed_on > clock.today())
    return and_(Document.must_read, lasts)


def _has_read(document: Document) -> ColumnElement[bool]:
    return exists().where(DocumentReading.document_id == document.id, DocumentReading.official_id == Official.id)


def _read_by(official_id: UUID) -> ColumnElement[bool]:
    return exists().where(DocumentReading.document_id == Document.id, DocumentReading.official_id == official_id)


def _concerns(official_id: UUID) -> ColumnElement[bool]:
    """The official holds today a post that the document concerns, inside its territory."""
    place = Unit.__table__.alias("place")
    return exists().where(
        and_(
            Assignment.official_id == official_id,
            valid_on(Assignment, clock.today()),
            place.c.id == Assignment.territory_id,
            place.c.path.startswith(Unit.path),
            or_(func.cardinality(Document.posts) == 0, Assignment.post_code == func.any(Document.posts)),
        )
    )
