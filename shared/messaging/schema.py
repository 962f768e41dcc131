"""The tables of messaging, the same in every service's database."""

from alembic.operations import Operations
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from shared.database import NAMING

metadata = MetaData(naming_convention=NAMING)

NOTIFY_CHANNEL = "outbox"

# An event is finished when nobody is waited for any more; only unfinished ones are in the index.
UNFINISHED = text("waiting_for <> '{}'")

outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("type", Text, nullable=False),
    Column("body", JSON, nullable=False),  # the CloudEvent, frozen; JSON keeps it to the letter
    Column("waiting_for", ARRAY(Text), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_outbox_due", "due_at", "seq", postgresql_where=UNFINISHED),
    Index("ix_outbox_recorded_at", "recorded_at", postgresql_using="brin"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_inbox_received_at", "received_at", postgresql_using="brin"),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("failed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("discarded_at", DateTime(timezone=True)),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("role", Text, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_digest", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_idempotency_keys_created_at", "created_at", postgresql_using="brin"),
)

trusted_keys = Table(
    "trusted_keys",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("jwk", JSON, nullable=False),
    Column("not_after", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
)

# The commit that records an event wakes the relay: no extra round trip for whoever records it. PostgreSQL
# lets one notifying commit through at a time, so none is sent while the relay is awake (it holds the lock).
# Nor for what a worker records, which publishes it by itself. A lone event is told with the news of it, unless it
# is longer than a notification may be: so the relay need not look first.
RELAY_AWAKE = 0x0CA00002
PUBLISHED_AT_EDGE = "caunoi.published_at_edge"
_WAKE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lone text;
BEGIN
    IF current_setting('{PUBLISHED_AT_EDGE}', true) IS DISTINCT FROM 'on'
        AND pg_try_advisory_xact_lock_shared({RELAY_AWAKE}) THEN
        SELECT CAST(body AS text) INTO lone FROM fresh
        WHERE (SELECT count(*) FROM (SELECT FROM fresh LIMIT 2) AS few) = 1;
        PERFORM pg_notify('{NOTIFY_CHANNEL}', CASE WHEN octet_length(lone) < 8000 THEN lone ELSE '' END);
    END IF;
    RETURN NULL;
END $$
"""
_WAKE_TRIGGER = """
CREATE OR REPLACE TRIGGER wake_relay AFTER INSERT ON outbox REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION wake_relay()
"""


def create_messaging_tables(op: Operations) -> None:
    """For the first migration of a service. A later change of these tables is a migration of each service."""
    metadata.create_all(op.get_bind(), checkfirst=False)
    op.execute(_WAKE_FUNCTION)
    op.execute(_WAKE_TRIGGER)


def replace_wake_function(op: Operations) -> None:
    """For a database made before workers published by themselves, or before a lone event was told with the news."""
    op.execute(_WAKE_FUNCTION)
    op.execute(_WAKE_TRIGGER)


def drop_messaging_tables(op: Operations) -> None:
    """The reverse of create_messaging_tables."""
    metadata.drop_all(op.get_bind(), checkfirst=False)
    op.execute("DROP FUNCTION wake_relay")
