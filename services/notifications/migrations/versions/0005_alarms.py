"""Alarms for the operator."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("source", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("told_at", Instant),
        sa.PrimaryKeyConstraint("source", "name", name="pk_alarms"),
    )


def downgrade() -> None:
    op.drop_table("alarms")
