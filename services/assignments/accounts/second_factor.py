"""The second factor: codes of an authenticator, and codes kept for a day without it."""

from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.assignments.accounts import rules, totp
from services.assignments.accounts.model import Account, RecoveryCode
from shared import clock
from shared.errors import BadInput, RuleBroken
from shared.sealing import Seal

SEAL = "caunoi second factors v1"


def is_good(session: Session, account: Account, seal: Seal, code: str) -> bool:
    """Whether a code opens the account; of whichever kind, it is used up by that."""
    secret = seal.open(account.totp_sealed or "")
    if secret is not None and code.isdigit():
        step = totp.step_of(secret, code, clock.now(), account.totp_step)
        newer = update(Account).where(Account.official_id == account.official_id, Account.totp_step < (step or 0))
        return step is not None and _changed(session, newer.values(totp_step=step))
    kept = update(RecoveryCode).where(
        RecoveryCode.official_id == account.official_id,
        RecoveryCode.digest == rules.digest_of(code.strip().lower()),
        RecoveryCode.used_at.is_(None),
    )
    return _changed(session, kept.values(used_at=clock.now()))


def _changed(session: Session, statement: Any) -> bool:
    """Of two requests with one code at once, one changes the row."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def enrol(account: Account, seal: Seal) -> str:
    """A new secret, shown once; nothing is asked for until it is confirmed. Raises RuleBroken while one is in use:
    whoever finds a browser open must not put their own in its place."""
    if account.asks_for_code:
        raise RuleBroken("Codes are asked for already. Turn them off first, with your password.")
    secret = totp.new_secret()
    account.totp_sealed, account.totp_step, account.version = seal.seal(secret), 0, account.version + 1
    return secret


def confirm(session: Session, account: Account, seal: Seal, code: str) -> list[str]:
    """Ask for codes from now on, if this one is right. Returns the recovery codes, shown once. Raises BadInput."""
    if account.asks_for_code:
        raise RuleBroken("Codes are asked for already.")
    secret = seal.open(account.totp_sealed or "")
    step = totp.step_of(secret, code, clock.now(), account.totp_step) if secret else None
    if step is None:
        raise BadInput("This is not the code that the authenticator shows now.", field="code")
    account.totp_confirmed_at, account.totp_step, account.version = clock.now(), step, account.version + 1
    codes = [totp.new_recovery_code() for _ in range(totp.RECOVERY_CODES)]
    session.execute(delete(RecoveryCode).where(RecoveryCode.official_id == account.official_id))
    rows = [{"official_id": account.official_id, "digest": rules.digest_of(each)} for each in codes]
    session.execute(insert(RecoveryCode), rows)
    return codes


def remove(session: Session, account: Account) -> None:
    """A password is enough again."""
    account.totp_sealed, account.totp_confirmed_at, account.version = None, None, account.version + 1
    session.execute(delete(RecoveryCode).where(RecoveryCode.official_id == account.official_id))
