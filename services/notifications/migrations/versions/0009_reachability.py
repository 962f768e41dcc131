"""Bounces, suppressed addresses, and which officials are out of reach."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "bounces",
        sa.Column("key", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("notification_id", sa.Uuid),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_bounces"),
    )
    op.create_index("ix_bounces_address", "bounces", ["address", "at"])
    op.create_table(
        "suppressions",
        sa.Column("id", sa.Uuid),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("lifted_at", Instant),
        sa.Column("lifted_by", sa.Text),
        sa.Column("lifted_because", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suppressions"),
    )
    op.create_index(
        "uq_suppressions_address",
        "suppressions",
        ["address"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.add_column("contacts", sa.Column("trouble", sa.Text))
    op.add_column("contacts", sa.Column("reach_version", sa.Integer, nullable=False, server_default="0"))
    op.create_index("ix_contacts_address", "contacts", [sa.text("lower(email)")])


def downgrade() -> None:
    op.drop_index("ix_contacts_address", "contacts")
    op.drop_column("contacts", "reach_version")
    op.drop_column("contacts", "trouble")
    for table in ("suppressions", "bounces"):
        op.drop_table(table)
