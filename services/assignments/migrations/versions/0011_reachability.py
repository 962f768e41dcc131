"""Who can be reached, as notifications tells."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reach",
        sa.Column("official_id", sa.Uuid),
        sa.Column("reachable", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("official_id", name="pk_reach"),
    )


def downgrade() -> None:
    op.drop_table("reach")
