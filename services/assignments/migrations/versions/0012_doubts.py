"""Doubts: assignments that may be wrong, as those concerned say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "doubts",
        sa.Column("id", sa.Uuid),
        sa.Column("escalation_id", sa.Uuid, nullable=False),
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("issue_code", sa.Text, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("held", JSONB, nullable=False),
        sa.Column("fell_to", JSONB, nullable=False),
        sa.Column("raised_at", Instant, nullable=False),
        sa.Column("settled_at", Instant),
        sa.Column("settled_by", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_doubts"),
        sa.CheckConstraint("outcome IN ('corrected', 'kept')", name="ck_doubts_outcome"),
    )
    op.create_index("ix_doubts_unit_path", "doubts", ["unit_path"])
    op.create_index("ix_doubts_official_id", "doubts", ["official_id"])
    op.create_index("ix_doubts_open", "doubts", ["id"], postgresql_where=sa.text("settled_at IS NULL"))


def downgrade() -> None:
    op.drop_table("doubts")
