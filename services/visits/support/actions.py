"""Recording support, voiding and correcting it, and naming its purposes."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.visits.officials.queries import known
from services.visits.support import rules
from services.visits.support.model import Contribution, Purpose
from services.visits.support.queries import beneficiary, check_purpose, one
from shared import clock
from shared.web.auth import Principal


def record_support(
    session: Session, given: dict[str, Any], who: Principal, *, corrects: UUID | None = None
) -> Contribution:
    """Record what a sponsor gave; `given` is what ContributionInput loads.

    Raises BadInput naming the field, Forbidden for a place outside the territory.
    """
    rules.check_day(given["given_on"], clock.today())
    place = beneficiary(session, given["unit"], given["given_on"])
    who.check(place.unit.path)
    rules.check_what(given["kind"], given)
    check_purpose(session, given["purpose"])
    official = known(session, given["official"], "official")
    contribution = Contribution.recorded(
        place.unit, place.full_name, official, given, by=who.client_id, corrects=corrects
    )
    session.add(contribution)
    session.flush()
    return contribution


def void(session: Session, contribution_id: UUID, who: Principal, *, reason: str) -> Contribution:
    """Let a contribution count no longer; it stays readable. Raises NotFound, or RuleBroken for a voided one."""
    contribution = one(session, contribution_id, who, locked=True)
    contribution.void(reason, by=who.client_id)
    return contribution


def correct(session: Session, contribution_id: UUID, given: dict[str, Any], who: Principal) -> Contribution:
    """Void a contribution and record another in its place; `given` is what ContributionCorrectionInput loads."""
    wrong = void(session, contribution_id, who, reason=given["reason"])
    return record_support(session, given, who, corrects=wrong.id)


def set_purpose(session: Session, code: str, given: dict[str, Any], who: Principal) -> Purpose:
    """Name a purpose, or change one; it holds in every province. Raises Forbidden without a token for all."""
    who.check("")
    return session.merge(Purpose(code=code, **given))
