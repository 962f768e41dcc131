"""Setting policies. They hold for issues reported from then on."""

from typing import Any

from sqlalchemy.orm import Session

from services.visits.categories.queries import check_known
from services.visits.deadlines.model import SlaPolicy
from services.visits.deadlines.queries import forget
from shared.errors import Forbidden
from shared.web.auth import Principal


def put_policy(session: Session, code: str, given: dict[str, Any], who: Principal) -> SlaPolicy:
    """Set the policy with this code; `given` is what PolicyInput loads. Raises BadInput naming `category`,
    Forbidden for a client whose territory is not everything: a policy holds everywhere."""
    if not who.covers(""):
        raise Forbidden("A policy holds everywhere; your territory does not.")
    if given["category"] is not None:
        check_known(session, given["category"])
    policy = session.merge(SlaPolicy(code=code, **given))
    session.flush()
    forget(session)
    return policy
