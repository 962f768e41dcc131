"""Registering documents, changing what is known of them, and keeping their files."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.assignments.documents import rules
from services.assignments.documents.model import Document, DocumentFile
from services.assignments.posts.model import Post
from services.assignments.units.queries import unit_on
from shared import clock
from shared.errors import BadInput, Conflict
from shared.web.auth import Principal


def register(
    session: Session, who: Principal, *, unit: str | UUID, posts: Sequence[str], **details: Any
) -> Document:
    """Register a document. Raises BadInput naming `unit`, `posts` or `issued_on`, Forbidden for a territory not the
    client's, Conflict for one that is there."""
    place = unit_on(session, unit, clock.today(), "unit")
    who.check(place.path)
    if details["issued_on"] > clock.today():
        raise BadInput("A document cannot be issued in the future.", field="issued_on")
    known = known_posts(session, posts)
    same = (Document.issuer == details["issuer"], Document.number == details["number"])
    if session.scalar(select(Document.id).where(*same, Document.issued_on == details["issued_on"])):
        raise Conflict("This document is registered already.", field="number")
    document = Document.issued(place, known, **details)
    session.add(document)
    return document


def change_document(session: Session, who: Principal, document: Document, changes: dict[str, Any]) -> Document:
    """Change what is given (keys of DocumentChange). Raises Forbidden outside its territory, BadInput."""
    who.check(document.unit.path)
    given = dict(changes)
    if "posts" in given:
        document.posts = known_posts(session, given.pop("posts"))
    if (repealed := given.get("repealed_on")) is not None and repealed < document.issued_on:
        raise BadInput("A document is not repealed before it is issued.", field="repealed_on")
    if "title" in given:
        document.call(given.pop("title"))
    for name, value in given.items():
        setattr(document, name, value)
    document.version += 1
    return document


def keep_file(session: Session, who: Principal, document: Document, data: bytes, name: str) -> DocumentFile:
    """Keep the file of a document, in the place of an earlier one. Raises Forbidden outside its territory, BadInput
    naming `file`."""
    who.check(document.unit.path)
    try:
        found = rules.examine(data, name)
    except rules.Refused as refused:
        raise BadInput(str(refused), field="file") from refused
    file = document.file or DocumentFile(document_id=document.id)
    file.name, file.type, file.sha256 = found
    file.size, file.content = len(data), data
    file.uploaded_at, file.uploaded_by = clock.now(), who.client_id
    document.file = file
    document.version += 1
    session.flush()
    return file


def known_posts(session: Session, codes: Sequence[str]) -> list[str]:
    """The codes, sorted, each once; raises BadInput naming `posts` for one there is not."""
    known = set(session.scalars(select(Post.code).where(Post.code.in_(codes))))
    if unknown := [code for code in codes if code not in known]:
        raise BadInput(f"There is no post {', '.join(unknown)}.", field="posts")
    return sorted(known)
