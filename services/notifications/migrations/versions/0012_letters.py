"""Letters about accounts, until they are sent."""

from alembic import op
from sqlalchemy import Column, DateTime, Integer, PrimaryKeyConstraint, Text, Uuid

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letters",
        Column("id", Uuid),
        Column("kind", Text, nullable=False),
        Column("official_id", Uuid, nullable=False),
        Column("full_name", Text, nullable=False),
        Column("address_digest", Text, nullable=False),
        Column("sealed_link", Text),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        Column("due_at", DateTime(timezone=True), nullable=False),
        Column("attempts", Integer, nullable=False),
        PrimaryKeyConstraint("id", name="pk_letters"),
    )
    op.create_index("ix_letters_due_at", "letters", ["due_at"])


def downgrade() -> None:
    op.drop_table("letters")
