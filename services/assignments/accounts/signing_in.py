"""Signing in, staying signed in, signing out."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from services.assignments.accounts import passwords, queries, rules, second_factor
from services.assignments.accounts.model import Account, AccountSession, RefreshToken
from services.assignments.accounts.rules import Ended
from services.assignments.audit.actions import act_as
from services.assignments.roles.queries import capacities_of
from services.assignments.roles.rules import Capacity, chosen
from shared import clock, logs
from shared.errors import Unauthorized
from shared.prepared import Prepared
from shared.sealing import Seal

log = logs.get_logger()

_WRONG = "The e-mail address or the password is wrong."
_WRONG_CODE = "The code is wrong, or it was used already."
_CODE_NEEDED = "Send a code of your authenticator, too."

# One statement, so that a hundred guesses at once count as a hundred.
_COUNT = Prepared(
    """
    INSERT INTO sign_in_attempts AS known (key, failures, last_at) VALUES (:key, 1, :now)
    ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at,
        failures = CASE WHEN known.last_at < :forgotten THEN 1 ELSE known.failures + 1 END
    WHERE known.blocked_until IS NULL OR known.blocked_until <= :now
    RETURNING failures
    """
)
_UNTIL = Prepared("SELECT blocked_until FROM sign_in_attempts WHERE key = :key")
_BLOCK = Prepared("UPDATE sign_in_attempts SET blocked_until = :until WHERE key = :key")
_FORGET = Prepared("DELETE FROM sign_in_attempts WHERE key = :key")


@dataclass(frozen=True, slots=True)
class Signed:
    """Who is signed in, as what, until when; without a refresh token where a repeat was answered."""

    official_id: UUID
    capacity: Capacity
    refresh_token: str | None
    session_id: UUID


def count_attempt(session: Session, login: str) -> int:
    """Count an attempt before it is made, whether or not anybody has this address; returns how many seconds it has
    to wait, 0 if it may be made now. Commit it at once: what fails later must stay counted."""
    key, now = rules.attempt_key(login), clock.now()
    forgotten = now - rules.FORGOTTEN_AFTER
    row = _COUNT.row(session, {"key": key, "now": now, "forgotten": forgotten})
    if row is None:
        until = _UNTIL.row(session, {"key": key})
        return max(1, ceil((until[0] - now).total_seconds())) if until and until[0] else 1
    pause = rules.block_after(row[0])
    if pause:
        _BLOCK.run(session, {"key": key, "until": now + pause})
        log.warning("sign_in_slowed_down", failures=row[0], seconds=pause.total_seconds())
    return 0


def forget_attempts(session: Session, login: str) -> None:
    """After a success."""
    _FORGET.run(session, {"key": rules.attempt_key(login)})


def sign_in(
    session: Session, seal: Seal, login: str, password: str, code: str | None, where: dict[str, Any]
) -> Signed:
    """Sign in with a password and, if the account asks for one, a code. Raises Unauthorized, the same whatever was
    wrong; `code_needed` is told to those who know the password only."""
    account = queries.by_login(session, login)
    if not passwords.matches(account.password_hash if account else None, password):
        raise Unauthorized(_WRONG)
    assert account is not None and account.password_hash is not None
    if not account.may_sign_in:
        raise Unauthorized(_WRONG)
    act_as(session, account.official_id)
    if account.asks_for_code and not (code and second_factor.is_good(session, account, seal, code)):
        message = _WRONG_CODE if code else _CODE_NEEDED
        raise Unauthorized(message, code_needed=True, challenge=_challenge(account, seal))
    if passwords.outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)
    return begin(session, account, "password", where)


def sign_in_with_code(session: Session, seal: Seal, challenge: str, code: str, where: dict[str, Any]) -> Signed:
    """The second step, for whoever has just given the password. Raises Unauthorized."""
    account = challenged(session, seal, challenge)
    act_as(session, account.official_id)
    if not (account.asks_for_code and second_factor.is_good(session, account, seal, code)):
        raise Unauthorized(_WRONG_CODE, code_needed=True)
    return begin(session, account, "password", where)


def challenged(session: Session, seal: Seal, challenge: str) -> Account:
    """Whose password was given a moment ago; raises Unauthorized. With another password it is good no more."""
    official, _, rest = (seal.open(challenge) or "").partition(" ")
    until, _, version = rest.partition(" ")
    if not version or datetime.fromisoformat(until) <= clock.now():
        raise Unauthorized("Sign in again.")
    account = queries.account_of(session, UUID(official))
    if not account.may_sign_in or str(account.version) != version:
        raise Unauthorized("Sign in again.")
    return account


def _challenge(account: Account, seal: Seal) -> str:
    until = clock.now() + rules.CHALLENGE_LASTS
    return seal.seal(f"{account.official_id} {until.isoformat()} {account.version}")


def begin(session: Session, account: Account, method: str, where: dict[str, Any]) -> Signed:
    """A new session of somebody who has proved who they are."""
    forget_attempts(session, account.login)
    act_as(session, account.official_id)
    capacity = chosen(capacities_of(session, account.official_id), None)
    begun = AccountSession.begin(account, method, capacity.code, **where)
    token, text = RefreshToken.of(begun)
    session.add_all([begun, token])
    return Signed(account.official_id, capacity, text, begun.id)


def renew(session: Session, token: str, capacity: str | None) -> Signed | None:
    """The next tokens for a refresh token, which is good once; None if it is not. One that comes again was stolen
    from somebody: then the whole session ends. Commit in either case."""
    wanted = (
        select(RefreshToken)
        .options(joinedload(RefreshToken.session).joinedload(AccountSession.account).joinedload(Account.official))
        .where(RefreshToken.digest == rules.digest_of(token))
        .with_for_update(of=RefreshToken)
    )
    known = session.scalars(wanted).one_or_none()
    now = clock.now()
    if known is None or known.expires_at <= now or not known.session.is_alive(now):
        return None
    act_as(session, known.session.official_id)
    if known.used_at is not None and now - known.used_at > rules.REPEAT_LEEWAY:
        known.session.end(Ended.REUSE)
        log.warning("refresh_token_reused", session_id=str(known.session_id))
        return None
    return _renewed(session, known, capacity, now)


def _renewed(session: Session, known: RefreshToken, capacity: str | None, now: datetime) -> Signed:
    family = known.session
    acting = chosen(capacities_of(session, family.official_id), capacity or family.capacity)
    family.capacity = acting.code
    if known.used_at is not None:
        return Signed(family.official_id, acting, None, family.id)
    known.used_at = now
    following, text = RefreshToken.of(family)
    session.add(following)
    return Signed(family.official_id, acting, text, family.id)


def sign_out(session: Session, token: str) -> None:
    """End the session of a refresh token; one that is unknown has none."""
    wanted = (
        select(RefreshToken)
        .options(joinedload(RefreshToken.session))
        .where(RefreshToken.digest == rules.digest_of(token))
    )
    known = session.scalars(wanted).one_or_none()
    if known is not None:
        act_as(session, known.session.official_id)
        known.session.end(Ended.SIGNED_OUT)
