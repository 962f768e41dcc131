"""What drafts became."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.visits.drafts.model import Draft
from shared.web.auth import Principal


def made_of(session: Session, reference: str, who: Principal) -> str:
    """What a reference in a draft means: the id of what an earlier draft of this client became, if it is the id of
    one; else itself. So a comment written offline can be on an issue written offline."""
    try:
        earlier = session.get(Draft, (who.client_id, UUID(reference)))
    except ValueError:
        return reference
    return str(earlier.result_id) if earlier else reference
