"""Which notification left nobody any channel, and how long somebody who is not known yet is waited for."""

from alembic import op
from sqlalchemy import Column, DateTime, Integer

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notifications", Column("unreached_at", DateTime(timezone=True)))
    op.add_column("telling_settings", Column("unknown_for", Integer, nullable=False, server_default="300"))
    op.create_check_constraint("ck_telling_settings_unknown_for", "telling_settings", "unknown_for >= 0")


def downgrade() -> None:
    op.drop_constraint("ck_telling_settings_unknown_for", "telling_settings")
    op.drop_column("telling_settings", "unknown_for")
    op.drop_column("notifications", "unreached_at")
