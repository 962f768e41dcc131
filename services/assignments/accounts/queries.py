"""Reading accounts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from services.assignments.accounts import rules
from services.assignments.accounts.model import Account, AccountLink, AccountSession, RecoveryCode, RefreshToken
from services.assignments.officials.model import Official
from services.assignments.roles.queries import capacities_of
from shared import clock
from shared.errors import Forbidden, Gone, NotFound
from shared.web.auth import Principal

_WITH_PERSON = joinedload(Account.official).joinedload(Official.unit)


def by_login(session: Session, login: str) -> Account | None:
    """The account opened for an address."""
    wanted = select(Account).options(_WITH_PERSON).where(Account.login == rules.login_of(login))
    return session.scalars(wanted).one_or_none()


def account_of(session: Session, official_id: UUID, *, lock: bool = False) -> Account:
    """The account of an official, locked if it is to be changed; raises NotFound."""
    wanted = select(Account).options(_WITH_PERSON).where(Account.official_id == official_id)
    if lock:
        wanted = wanted.with_for_update(of=Account).execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    return found


def own_account(session: Session, who: Principal, *, lock: bool = False) -> Account:
    """The account of the official who asks; raises Forbidden for anybody else."""
    if who.official is None:
        raise Forbidden("Only an official who has signed in has an account.")
    try:
        return account_of(session, who.official, lock=lock)
    except NotFound as error:
        raise Forbidden("This official has no account.") from error


def good_link(session: Session, token: str) -> AccountLink:
    """The link with this token, locked; raises NotFound if it is not ours, Gone if it is used or too old."""
    wanted = select(AccountLink).where(AccountLink.digest == rules.digest_of(token)).with_for_update()
    link = session.scalars(wanted).one_or_none()
    if link is None:
        raise NotFound("This link is not valid. Was it copied whole?")
    if not link.is_good(clock.now()):
        raise Gone("This link was used already, or it is too old. Ask for a new one.")
    return link


def sessions_of(session: Session, official_id: UUID) -> list[dict[str, Any]]:
    """Where an official is signed in, newest first, each with when it was last renewed."""
    last = func.max(RefreshToken.created_at).label("renewed_at")
    wanted = (
        select(AccountSession, last)
        .join(RefreshToken, RefreshToken.session_id == AccountSession.id)
        .where(
            AccountSession.official_id == official_id,
            AccountSession.ended_at.is_(None),
            AccountSession.expires_at > clock.now(),
        )
        .group_by(AccountSession.id)
        .order_by(AccountSession.id.desc())
        .limit(200)
    )
    return [_shown(each, renewed) for each, renewed in session.execute(wanted)]


def _shown(each: AccountSession, renewed_at: datetime) -> dict[str, Any]:
    names = ("id", "method", "capacity", "address", "agent", "created_at", "expires_at")
    return {name: getattr(each, name) for name in names} | {"renewed_at": renewed_at}


def seen(session: Session, account: Account) -> dict[str, Any]:
    """An account as its owner sees it."""
    left = select(func.count()).where(
        RecoveryCode.official_id == account.official_id, RecoveryCode.used_at.is_(None)
    )
    return {
        "official": account.official,
        "login": account.login,
        "has_password": account.password_hash is not None,
        "second_factor": account.asks_for_code,
        "recovery_codes_left": session.scalar(left),
        "capacities": capacities_of(session, account.official_id),
        "blocked_at": account.blocked_at,
        "created_at": account.created_at,
    }
