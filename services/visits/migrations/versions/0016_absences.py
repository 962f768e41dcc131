"""Who is away, as assignments tells it."""

from alembic import op
from sqlalchemy import ARRAY, Boolean, Column, Date, Integer, PrimaryKeyConstraint, Uuid

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absences",
        Column("id", Uuid),
        Column("official_id", Uuid, nullable=False),
        Column("substitute_id", Uuid),
        Column("assignment_ids", ARRAY(Uuid)),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("counts", Boolean, nullable=False),
        Column("version", Integer, nullable=False),
        PrimaryKeyConstraint("id", name="pk_absences"),
    )
    op.create_index("ix_absences_official_id", "absences", ["official_id"])
    op.create_index("ix_absences_substitute_id", "absences", ["substitute_id"])


def downgrade() -> None:
    op.drop_table("absences")
