"""What is due for reporters: to be erased, to be sealed, to be sealed anew after the secret was changed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.visits.issues.model import Reporter
from services.visits.privacy.model import PrivacyRule
from services.visits.privacy.queries import ERASE_AFTER
from services.visits.sealing import CannotOpen, Sealer
from shared import clock, logs

log = logs.get_logger()

AT_ONCE = 200


def tidy_reporters(sessions: sessionmaker[Session], sealer: Sealer) -> None:
    """Work until nothing is left to erase or to seal, in small transactions."""
    while _erase(sessions):
        pass
    last: UUID | None = UUID(int=0)
    while last is not None:
        last = _seal(sessions, sealer, last)


def _erase(sessions: sessionmaker[Session]) -> bool:
    """Erase those of issues closed long enough ago; True if there may be more."""
    with sessions.begin() as session:
        days = session.get_one(PrivacyRule, ERASE_AFTER).days
        old = (
            select(Reporter.issue_id)
            .where(Reporter.erased_at.is_(None), Reporter.closed_at <= clock.now() - timedelta(days=days))
            .order_by(Reporter.closed_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        ids = session.scalars(old).all()
        nothing = dict.fromkeys(("name", "contact", "sealed", "key_id"))
        why = {"erased_at": clock.now(), "erased_why": f"{days} days after closing"}
        session.execute(update(Reporter).where(Reporter.issue_id.in_(ids)).values(nothing | why))
    if ids:
        log.info("reporters_erased", reporters=len(ids))
    return len(ids) == AT_ONCE


def _seal(sessions: sessionmaker[Session], sealer: Sealer, last: UUID) -> UUID | None:
    """Seal those after `last` that are plain or sealed with an older key; the last one, None at the end."""
    with sessions.begin() as session:
        stale = or_(Reporter.key_id.is_(None), Reporter.key_id < sealer.key_id, Reporter.key_id > sealer.key_id)
        wanted = (
            select(Reporter)
            .where(Reporter.erased_at.is_(None), stale, Reporter.issue_id > last)
            .order_by(Reporter.issue_id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        found = session.scalars(wanted).all()
        for reporter in found:
            _seal_one(reporter, sealer)
    return found[-1].issue_id if found else None


def _seal_one(reporter: Reporter, sealer: Sealer) -> None:
    plain: dict[str, str | None] = {"name": reporter.name, "contact": reporter.contact}
    if reporter.sealed is not None:
        try:
            plain = sealer.open(reporter.issue_id, reporter.sealed, reporter.key_id)
        except CannotOpen as error:  # it stays: the secret may yet be given
            log.error("reporter_cannot_be_opened", error=str(error))
            return
    for name, value in sealer.columns(reporter.issue_id, plain).items():
        setattr(reporter, name, value)
    reporter.name = reporter.contact = None
