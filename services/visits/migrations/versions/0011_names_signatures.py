"""Followings by place, so that a renamed one is found; reminders of those who do not sign."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DEFAULT = "Mặc định của hệ thống; chưa có văn bản quy định"


def upgrade() -> None:
    op.create_index("ix_followings_place_id", "followings", ["place_id"])
    reminders = op.create_table(
        "proposal_reminders",
        sa.Column("code", sa.Text),
        sa.Column("every_days", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_proposal_reminders"),
    )
    op.bulk_insert(reminders, [{"code": "signature", "every_days": 3, "source": DEFAULT}])
    op.add_column("proposals", sa.Column("chase_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE proposals SET chase_at = now() WHERE state = 'collecting'")
    op.create_index(
        "ix_proposals_chase_at", "proposals", ["chase_at", "id"], postgresql_where=sa.text("chase_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_column("proposals", "chase_at")
    op.drop_table("proposal_reminders")
    op.drop_index("ix_followings_place_id", "followings")
