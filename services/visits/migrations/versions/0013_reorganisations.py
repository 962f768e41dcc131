"""Where the open work of a unit goes that has ended, and what has moved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "successions",
        sa.Column("unit_id", sa.Uuid),
        sa.Column("unit_code", sa.Text, nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("reorganisation_id", sa.Uuid, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False),
        sa.Column("check", sa.Boolean, nullable=False),
        sa.Column("heir", JSONB, nullable=False),
        sa.Column("hamlets", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("move_at", Instant),
        sa.PrimaryKeyConstraint("unit_id", name="pk_successions"),
    )
    op.create_index("ix_successions_unit_path", "successions", ["unit_path"])
    due = sa.text("move_at IS NOT NULL")
    op.create_index("ix_successions_move_at", "successions", ["move_at"], postgresql_where=due)
    op.create_table(
        "succession_moves",
        sa.Column("id", sa.Uuid, server_default=sa.func.gen_random_uuid()),
        sa.Column("reorganisation_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("from_unit_id", sa.Uuid, nullable=False),
        sa.Column("from_unit_name", sa.Text, nullable=False),
        sa.Column("to_unit_id", sa.Uuid, nullable=False),
        sa.Column("to_unit_name", sa.Text, nullable=False),
        sa.Column("to_unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("check", sa.Boolean, nullable=False),
        sa.Column("former", JSONB, nullable=False),
        sa.Column("moved_at", Instant, nullable=False),
        sa.Column("undone_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_succession_moves"),
    )
    standing = sa.text("undone_at IS NULL")
    op.create_index("ix_succession_moves_list", "succession_moves", ["reorganisation_id", "id"])
    op.create_index("ix_succession_moves_subject", "succession_moves", ["subject_id"], postgresql_where=standing)
    op.create_index("ix_succession_moves_from", "succession_moves", ["from_unit_id"], postgresql_where=standing)


def downgrade() -> None:
    op.drop_table("succession_moves")
    op.drop_table("successions")
