"""Words of messages that an operator gives."""

from alembic import op
from sqlalchemy import CheckConstraint, Column, DateTime, Integer, PrimaryKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "templates",
        Column("event", Text, nullable=False),
        Column("channel", Text, nullable=False),
        Column("language", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("fields", JSONB),
        Column("restored_from", Integer),
        Column("note", Text),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        Column("changed_by", Text, nullable=False),
        Column("broken_at", DateTime(timezone=True)),
        Column("broken_reason", Text),
        PrimaryKeyConstraint("event", "channel", "language", "version", name="pk_templates"),
        CheckConstraint("version >= 1", name="ck_templates_version"),
    )


def downgrade() -> None:
    op.drop_table("templates")
