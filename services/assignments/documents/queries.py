"""Reading documents."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.orm import Session, contains_eager

from services.assignments.documents.model import Document
from services.assignments.units.model import Unit
from shared.errors import BadInput, NotFound
from shared.text import fold
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate


def visible(who: Principal) -> ColumnElement[bool]:
    """A document is seen inside its territory, and by those whose territory it holds."""
    below = [literal(prefix).startswith(Unit.path) for prefix in who.territories]
    return or_(territory_filter(Unit.path, who), *below)


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of documents, newest first."""
    statement = select(Document).join(Document.unit).options(contains_eager(Document.unit)).where(visible(who))
    if filters["q"]:
        statement = statement.where(Document.folded.contains(fold(filters["q"]), autoescape=True))
    if filters["must_read"] is not None:
        statement = statement.where(Document.must_read.is_(filters["must_read"]))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Document.issued_on, Document.id, descending=True, **paging)


def one(session: Session, document_id: UUID, who: Principal, *, lock: bool = False) -> Document:
    """A document this client may see, locked if it is to be changed; raises NotFound."""
    statement = select(Document).join(Document.unit).options(contains_eager(Document.unit))
    statement = statement.where(Document.id == document_id, visible(who))
    if lock:
        statement = statement.with_for_update(of=Document, key_share=True).execution_options(populate_existing=True)
    document = session.scalars(statement).one_or_none()
    if document is None:
        raise NotFound()
    return document


def named(session: Session, document_id: UUID | None, who: Principal) -> Document | None:
    """The document named in `document` of the input, if one is; raises BadInput."""
    if document_id is None:
        return None
    try:
        return one(session, document_id, who)
    except NotFound as error:
        raise BadInput("There is no such document.", field="document") from error
