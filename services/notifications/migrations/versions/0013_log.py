"""The log of deliveries can be searched, and what failed can be sent again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from shared.search import words

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)
_ASKED = ("recipient", "message_id", "method", "url")
_SUBJECT = sa.text("(facts ->> 'subject_id')")
_CODE = "coalesce(facts -> 'issue' ->> 'code', facts ->> 'issue_code')"


def upgrade() -> None:
    for name in _ASKED:
        op.add_column("delivery_attempts", sa.Column(name, sa.Text))
    op.add_column("delivery_attempts", sa.Column("size", sa.Integer))
    op.create_index("ix_delivery_attempts_at", "delivery_attempts", ["at", "id"])
    _notices()
    _notifications()
    _replays()


def _notices() -> None:
    op.add_column("notices", sa.Column("issue_code", sa.Text))
    op.execute(f"UPDATE notices SET issue_code = {_CODE} WHERE {_CODE} IS NOT NULL")
    for name in ("issue_code", "issue_id"):
        op.create_index(f"ix_notices_{name}", "notices", [name], postgresql_where=sa.text(f"{name} IS NOT NULL"))
    op.create_index("ix_notices_subject", "notices", [_SUBJECT], postgresql_where=sa.text("kind = 'reminder'"))


def _notifications() -> None:
    op.add_column("notifications", sa.Column("replays", sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("notifications", sa.Column("failed_at", Instant))
    op.add_column("notifications", sa.Column("error_words", TSVECTOR))
    op.execute("UPDATE notifications SET failed_at = coalesce(tried_since, created_at) WHERE state = 'failed'")
    _cut_known_errors()
    op.create_index(
        "ix_notifications_error",
        "notifications",
        ["error_words"],
        postgresql_using="gin",
        postgresql_where=sa.text("error_words IS NOT NULL"),
    )
    op.create_index("ix_notifications_created_at", "notifications", ["created_at", "id"])
    op.create_index("ix_notifications_official", "notifications", ["official_id", "id"])
    op.drop_index("ix_notifications_inbox", "notifications")


def _cut_known_errors() -> None:
    """The words of each error text there is, once."""
    connection = op.get_bind()
    found = connection.execute(
        sa.text("SELECT DISTINCT last_error FROM notifications WHERE last_error IS NOT NULL")
    )
    for error in found.scalars().all():
        connection.execute(
            sa.text(
                "UPDATE notifications SET error_words = array_to_tsvector(CAST(:words AS text[])) "
                "WHERE last_error = :error"
            ),
            {"words": words(error), "error": error},
        )


def _replays() -> None:
    op.create_table(
        "replays",
        sa.Column("id", sa.Uuid),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("wanted", sa.JSON, nullable=False),
        sa.Column("ids", sa.JSON),
        sa.Column("again", sa.Boolean, nullable=False),
        sa.Column("territories", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("expected", sa.Integer, nullable=False),
        sa.Column("replayed", sa.Integer, nullable=False),
        sa.Column("left", sa.JSON, nullable=False),
        sa.Column("cursor", sa.Uuid),
        sa.Column("due_at", Instant),
        sa.Column("finished_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_replays"),
    )
    op.create_index("ix_replays_due", "replays", ["due_at", "id"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "replayed_notifications",
        sa.Column("replay_id", sa.Uuid),
        sa.Column("notification_id", sa.Uuid),
        sa.Column("at", Instant, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("replay_id", "notification_id", name="pk_replayed_notifications"),
    )
    op.create_index("ix_replayed_notifications_notification_id", "replayed_notifications", ["notification_id"])


def downgrade() -> None:
    op.drop_table("replayed_notifications")
    op.drop_table("replays")
    op.create_index(
        "ix_notifications_inbox",
        "notifications",
        ["official_id", "id"],
        postgresql_where=sa.text("channel = 'inapp'"),
    )
    for name in ("official", "created_at", "error"):
        op.drop_index(f"ix_notifications_{name}", "notifications")
    for name in ("replays", "failed_at", "error_words"):
        op.drop_column("notifications", name)
    for name in ("subject", "issue_id", "issue_code"):
        op.drop_index(f"ix_notices_{name}", "notices")
    op.drop_column("notices", "issue_code")
    op.drop_index("ix_delivery_attempts_at", "delivery_attempts")
    for name in (*_ASKED, "size"):
        op.drop_column("delivery_attempts", name)
