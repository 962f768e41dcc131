"""Who can be reached stands in `reach`; the table that nothing ever fed goes."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, PrimaryKeyConstraint, Text, Uuid

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("reachability")


def downgrade() -> None:
    op.create_table(
        "reachability",
        Column("official_id", Uuid),
        Column("reachable", Boolean, nullable=False),
        Column("reason", Text),
        Column("version", BigInteger, nullable=False),
        PrimaryKeyConstraint("official_id", name="pk_reachability"),
    )
