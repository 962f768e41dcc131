"""Who could not be reached with an escalation."""

from alembic import op
from sqlalchemy import Column, DateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("escalation_recipients", Column("unreached_at", DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("escalation_recipients", "unreached_at")
