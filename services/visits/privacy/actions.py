"""Showing who reported, erasing it, and how long it is kept."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.visits import sealing
from services.visits.issues.model import Reporter
from services.visits.officials.queries import known
from services.visits.privacy.model import ContactRead, PrivacyRule
from services.visits.privacy.queries import reporter_of
from shared import clock
from shared.errors import Conflict, Forbidden, Gone, NotFound
from shared.web.auth import Principal


def read_contact(
    session: Session, reference: str, who: Principal, *, why: str, official: UUID | None = None
) -> dict[str, str | None]:
    """Who reported an issue: name and contact. The read is noted in the same transaction.

    Raises NotFound, Gone once it is erased, BadInput naming `official`, Conflict if its key is lost.
    """
    reporter = reporter_of(session, reference, who)
    if reporter.erased_at is not None:
        raise Gone("The contact has been erased.")
    person = known(session, official, "official") if official else None
    shown = _opened(session, reporter)
    session.add(ContactRead.note(reporter.issue_id, who.client_id, person, why))
    session.flush()
    return shown


def erase(session: Session, reference: str, who: Principal, *, reason: str) -> Reporter:
    """Erase who reported, now; erased before, it stays as it was. That it was erased, and why, is kept."""
    reporter = reporter_of(session, reference, who)
    if reporter.erased_at is None:
        reporter.name = reporter.contact = reporter.sealed = reporter.key_id = None
        reporter.erased_at, reporter.erased_by, reporter.erased_why = clock.now(), who.client_id, reason
        session.flush()
    return reporter


def open_rule(session: Session, code: str, who: Principal) -> PrivacyRule:
    """A rule, locked. Raises Forbidden for a client whose territory is not everything: a rule holds everywhere;
    NotFound."""
    if "" not in who.territories:
        raise Forbidden("A rule of privacy holds everywhere; your territory does not.")
    found = session.get(PrivacyRule, code, with_for_update=True)
    if found is None:
        raise NotFound()
    return found


def set_rule(session: Session, rule: PrivacyRule, given: dict[str, Any]) -> PrivacyRule:
    """Change how long something is kept; `given` is what RuleInput loads."""
    rule.days, rule.source = given["days"], given["source"]
    rule.version += 1
    session.flush()
    return rule


def _opened(session: Session, reporter: Reporter) -> dict[str, str | None]:
    if reporter.sealed is None:  # from before contacts were sealed
        return {"name": reporter.name, "contact": reporter.contact}
    try:
        return sealing.of(session).open(reporter.issue_id, reporter.sealed, reporter.key_id)
    except sealing.CannotOpen as error:
        raise Conflict("The contact was sealed with a secret that this installation no longer has.") from error
