"""Contacts, notices, notifications, delivery attempts and the counters of metrics."""

import sqlalchemy as sa
from alembic import op

from shared.messaging.schema import create_messaging_tables, drop_messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_messaging_tables(op)  # type: ignore[arg-type]  # the module stands for the object
    _create_contacts()
    _create_notices()
    _create_notifications()
    _create_deliveries()


def _create_contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("official_id", sa.Uuid),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("official_id", name="pk_contacts"),
    )


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("escalation_id", sa.Uuid),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("issue", sa.JSON, nullable=False),
        sa.Column("recipients", sa.JSON, nullable=False),
        sa.Column("vacancies", sa.JSON, nullable=False),
        sa.Column("correlation_id", sa.Text, nullable=False),
        sa.Column("traceparent", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("escalation_id", name="pk_notices"),
    )
    op.create_index("ix_notices_unit_path", "notices", ["unit_path"])


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid),
        sa.Column("escalation_id", sa.Uuid, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("lease_until", Instant),
        sa.Column("waiting", sa.Text),
        sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("tried_since", Instant),
        sa.Column("last_error", sa.Text),
        sa.Column("sent_at", Instant),
        sa.Column("acknowledged_at", Instant),
        sa.Column("acknowledged_by", sa.Text),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        # Room in each page for the claim of a row, which then touches no index (HOT).
        postgresql_with={"fillfactor": "80"},
    )
    _index("uq_notifications_person", ["escalation_id", "official_id", "channel"], unique=True)
    _index("ix_notifications_due", ["due_at", "id"], "due_at IS NOT NULL")
    _index("ix_notifications_waiting", ["official_id"], "waiting IS NOT NULL")
    _index("ix_notifications_inbox", ["official_id", "id"], "channel = 'inapp'")
    _index(
        "ix_notifications_unacknowledged",
        ["official_id", "id"],
        "channel = 'inapp' AND acknowledged_at IS NULL",
    )
    _index("ix_notifications_failed", ["id"], "state = 'failed'")
    # A fifth of ten million dead rows is too late for a queue whose head is read every second.
    op.execute(
        "ALTER TABLE notifications SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)"
    )


def _index(name: str, columns: list[str], where: str | None = None, unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, "notifications", columns, unique=unique, postgresql_where=condition)


def _create_deliveries() -> None:
    op.create_table(
        "delivery_attempts",
        sa.Column("notification_id", sa.Uuid),
        sa.Column("id", sa.Uuid),
        sa.Column("at", Instant, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("code", sa.SmallInteger),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("notification_id", "id", name="pk_delivery_attempts"),
    )
    op.create_table(
        "delivery_counts",
        sa.Column("channel", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("channel", "outcome", name="pk_delivery_counts"),
    )
    op.create_table(
        "lateness_counts",
        sa.Column("le", sa.Float, autoincrement=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("le", name="pk_lateness_counts"),
    )


def downgrade() -> None:
    for table in (
        "lateness_counts",
        "delivery_counts",
        "delivery_attempts",
        "notifications",
        "notices",
        "contacts",
    ):
        op.drop_table(table)
    drop_messaging_tables(op)  # type: ignore[arg-type]
