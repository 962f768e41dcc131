"""Noting that a document was read."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.assignments.documents.model import Document
from services.assignments.officials.queries import check_acting_for, named
from services.assignments.readings.model import DocumentReading
from shared import clock
from shared.web.auth import Principal


def note_reading(session: Session, document: Document, official: UUID, who: Principal) -> dict[str, Any]:
    """Note that an official has read it; the first time counts. Raises Forbidden for who is neither that
    official nor may act for others, BadInput naming `official`."""
    check_acting_for(who, official)
    person = named(session, official, who)
    row = {
        "document_id": document.id,
        "official_id": person.id,
        "read_at": clock.now(),
        "recorded_by": who.client_id,
    }
    session.execute(insert(DocumentReading).values(row).on_conflict_do_nothing())
    read_at = select(DocumentReading.read_at).where(
        DocumentReading.document_id == document.id, DocumentReading.official_id == person.id
    )
    return {"document_id": document.id, "official": person, "read_at": session.scalar(read_at)}
