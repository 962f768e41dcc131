"""Reading what is kept of reporters, and who read it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.issues.model import Reporter
from services.visits.issues.queries import id_of
from services.visits.privacy.model import ContactRead, PrivacyRule
from shared.errors import NotFound
from shared.web.auth import Principal
from shared.web.paging import paginate

ERASE_AFTER = "erase_reporter_after"


def reporter_of(session: Session, reference: str, who: Principal) -> Reporter:
    """Who reported an issue that the client may see, locked; raises NotFound, also where nobody gave a name."""
    issue_id = id_of(session, reference, who)
    found = session.get(Reporter, issue_id, with_for_update=True)
    if found is None:
        raise NotFound("Nobody left a contact with this issue.")
    return found


def reads(session: Session, issue_id: UUID, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of the reads of an issue's contact, oldest first."""
    statement = select(ContactRead).where(ContactRead.issue_id == issue_id)
    return paginate(session, statement, ContactRead.at, ContactRead.id, limit=limit, cursor=cursor)


def rules(session: Session) -> Sequence[PrivacyRule]:
    """All rules."""
    return session.scalars(select(PrivacyRule).order_by(PrivacyRule.code)).all()
