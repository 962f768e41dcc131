"""What is audited, who is named, and how the chain is computed: no database."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from shared.web.auth import Principal

# Every table is audited but these. Each says why.
UNAUDITED = {
    "alembic_version": "the schema's version",
    "audit_log": "the log itself",
    "audit_chain": "the log itself",
    "assignment_history": "what the log has of assignments, kept for their readers",
    "outbox": "messages, each of which tells of a change that is audited",
    "inbox": "marks of messages",
    "dead_letters": "messages",
    "heartbeats": "signs of life",
    "coverage_snapshots": "computed from what is audited",
    "reminders": "messages that were said",
    "reach": "a copy of what notifications tells",
    "idempotency_keys": "answers, kept for two days",
    "trusted_keys": "a copy of signing_keys",
    "imports": "jobs; what they change is audited, row by row",
    "import_files": "what a job has still to read",
    "import_faults": "what was wrong in a sheet that changed nothing",
    "refresh_tokens": "one every few minutes for everybody; the sessions they belong to are audited",
    "sign_in_attempts": "counters of failed attempts, written by strangers",
    "reorganisation_units": "a list as it was given; the units that begin by it are audited",
    "reorganisation_successions": "a list as it was given",
}

# Of these tables only the rows in which this column is, or was, filled.
ONLY_WHERE = {
    "reorganisation_items": "decided_at",  # the rest is drafted and carried out by the program, from audited rows
}

# Columns whose values never get into the log, only that they changed.
SECRETS: dict[str, tuple[str, ...]] = {
    "accounts": ("password_hash", "totp_sealed"),
    "account_links": ("digest",),
    "recovery_codes": ("digest",),
    "client_secrets": ("digest",),
    "signing_keys": ("sealed",),
    "document_files": ("content",),  # its digest is there
}

_LONGEST = 300  # letters of what a caller says of itself


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, and from where, as the log keeps it."""

    kind: str  # official, client, command, anonymous; system where nobody is named
    actor: str
    address: str | None = None
    agent: str | None = None
    correlation_id: str | None = None


def actor_of(who: Principal | None, address: str, agent: str, correlation_id: str) -> Actor:
    """The actor of a request; without a principal it is anonymous, such as who asks for a new password."""
    where = (said(address), said(agent), correlation_id)
    if who is None:
        return Actor("anonymous", "anonymous", *where)
    if who.official is not None:
        return Actor("official", str(who.official), *where)
    return Actor("client", who.client_id, *where)


def said(text: str) -> str | None:
    """What a caller says of itself, printable and not too long: JSON in PostgreSQL takes no NUL."""
    return "".join(each for each in text if each.isprintable())[:_LONGEST] or None


def chained(before: bytes, seq: int, txn: int, first_id: int, last_id: int, digests: Iterable[bytes]) -> bytes:
    """The hash of a link: over the hash of the link before, what it spans, and the digests of its entries."""
    parts = list(digests)
    span = "|".join(str(each) for each in (seq, txn, first_id, last_id, len(parts)))
    return hashlib.sha256(before + span.encode() + b"".join(parts)).digest()
