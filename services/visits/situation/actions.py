"""Changing after how many days something is worth a look."""

from sqlalchemy.orm import Session

from services.visits.situation.model import Threshold
from shared.errors import Forbidden, NotFound
from shared.web.auth import Principal


def locked(session: Session, code: str) -> Threshold:
    """The threshold, locked until this transaction ends; raises NotFound."""
    found = session.get(Threshold, code, with_for_update=True)
    if found is None:
        raise NotFound()
    return found


def change(who: Principal, threshold: Threshold, *, days: int, source: str) -> Threshold:
    """Set it anew; raises Forbidden for a client whose territory is not everything: it holds everywhere."""
    if not who.covers(""):
        raise Forbidden("A threshold holds everywhere; your territory does not.")
    threshold.change(days, source)
    return threshold
