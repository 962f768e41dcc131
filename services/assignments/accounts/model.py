"""Rows of accounts: what opens them, and who is signed in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.accounts import rules
from services.assignments.accounts.rules import Ended, LinkKind
from services.assignments.database import Base
from services.assignments.officials.model import Official
from shared import clock
from shared.ids import uuid7


class Account(Base):
    """An official may sign in. `login` is the address the account was opened for; `password_hash` is None until one
    was chosen; `totp_sealed` asks for a code once it is confirmed, `totp_step` is the last code that was used."""

    __tablename__ = "accounts"

    official_id: Mapped[UUID] = mapped_column(ForeignKey("officials.id"), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    totp_sealed: Mapped[str | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    blocked_at: Mapped[datetime | None]
    version: Mapped[int]
    official: Mapped[Official] = relationship()

    @classmethod
    def of(cls, official: Official, login: str) -> "Account":
        """A new account without a password."""
        now = clock.now()
        return cls(official_id=official.id, official=official, login=login, totp_step=0, created_at=now, version=1)

    @property
    def may_sign_in(self) -> bool:
        """Neither blocked nor of somebody who has left."""
        return self.blocked_at is None and self.official.active

    @property
    def asks_for_code(self) -> bool:
        """Whether a password alone does not open it."""
        return self.totp_confirmed_at is not None


class AccountLink(Base):
    """A link in a mail: good once, and not for long. Only the digest of its token is kept."""

    __tablename__ = "account_links"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.official_id"), index=True)
    kind: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True, index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @classmethod
    def of(cls, account: Account, kind: LinkKind) -> tuple["AccountLink", str]:
        """A new link and its token, which is not kept."""
        token, now = rules.new_token(), clock.now()
        link = cls(
            id=uuid7(),
            official_id=account.official_id,
            kind=kind,
            digest=rules.digest_of(token),
            created_at=now,
            expires_at=now + rules.LASTS[kind],
        )
        return link, token

    def is_good(self, now: datetime) -> bool:
        """Whether it still opens something."""
        return self.used_at is None and now < self.expires_at


class RecoveryCode(Base):
    """Stands for a one-time code, once."""

    __tablename__ = "recovery_codes"

    official_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.official_id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    used_at: Mapped[datetime | None]


class AccountSession(Base):
    """Somebody is signed in somewhere: the family of the refresh tokens that follow one another."""

    __tablename__ = "account_sessions"
    __table_args__ = (Index("ix_account_sessions_official_id", "official_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    official_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.official_id"))
    method: Mapped[str]  # password or oidc
    capacity: Mapped[str]
    address: Mapped[str | None]
    agent: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]
    account: Mapped[Account] = relationship()

    @classmethod
    def begin(cls, account: Account, method: str, capacity: str, **where: Any) -> "AccountSession":
        """A new one. `where`: address and agent."""
        now = clock.now()
        return cls(
            id=uuid7(),
            account=account,
            official_id=account.official_id,
            method=method,
            capacity=capacity,
            created_at=now,
            expires_at=now + rules.SESSION_LASTS,
            **where,
        )

    def is_alive(self, now: datetime) -> bool:
        """Whether its tokens may be renewed."""
        return self.ended_at is None and now < self.expires_at and self.account.may_sign_in

    def end(self, why: Ended) -> None:
        """End it, once."""
        if self.ended_at is None:
            self.ended_at, self.ended_why = clock.now(), why


class RefreshToken(Base):
    """Good once: whoever sends it gets the next one."""

    __tablename__ = "refresh_tokens"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("account_sessions.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    session: Mapped[AccountSession] = relationship()

    @classmethod
    def of(cls, session: AccountSession) -> tuple["RefreshToken", str]:
        """A new one and its text, which is not kept."""
        token, now = rules.new_token(), clock.now()
        expires_at = min(now + rules.REFRESH_LASTS, session.expires_at)
        made = cls(digest=rules.digest_of(token), session=session, created_at=now, expires_at=expires_at)
        return made, token


class SignInAttempts(Base):
    """How often an address failed to sign in, whether or not anybody has it; `key` is a digest of it."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime | None]
