"""Cadences remember which rule set gave them."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cadence_rules", Column("given_by", Integer))


def downgrade() -> None:
    op.drop_column("cadence_rules", "given_by")
