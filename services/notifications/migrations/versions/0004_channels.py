"""Several channels have due rows: each looks for its own, and is counted by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_notifications_channel_due",
        "notifications",
        ["channel", "due_at", "id"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.add_column("lateness_counts", sa.Column("channel", sa.Text, nullable=False, server_default="email"))
    op.alter_column("lateness_counts", "channel", server_default=None)
    op.drop_constraint("pk_lateness_counts", "lateness_counts")
    op.create_primary_key("pk_lateness_counts", "lateness_counts", ["channel", "le"])


def downgrade() -> None:
    """The older counters know e-mail only."""
    op.execute("DELETE FROM lateness_counts WHERE channel <> 'email'")
    op.drop_constraint("pk_lateness_counts", "lateness_counts")
    op.drop_column("lateness_counts", "channel")
    op.create_primary_key("pk_lateness_counts", "lateness_counts", ["le"])
    op.drop_index("ix_notifications_channel_due", "notifications")
