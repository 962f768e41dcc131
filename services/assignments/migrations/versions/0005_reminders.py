"""Reminders: officials are told, once, of what is not an escalation."""

from alembic import op
from sqlalchemy import Column, Date, DateTime, PrimaryKeyConstraint, Text, Uuid

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminders",
        Column("id", Uuid),
        Column("kind", Text, nullable=False),
        Column("subject_id", Uuid, nullable=False),
        Column("day", Date, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("id", name="pk_reminders"),
    )
    op.create_index("ix_reminders_subject", "reminders", ["subject_id", "kind"])


def downgrade() -> None:
    op.drop_table("reminders")
