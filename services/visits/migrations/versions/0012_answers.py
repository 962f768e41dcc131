"""What those told of an escalation say besides having seen it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COLUMNS = (
    sa.Column("answer", sa.Text),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
    sa.Column("answer_reason", sa.Text),
    sa.Column("answer_to", sa.Text),
    sa.Column("handed_by", sa.Text),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
)


def upgrade() -> None:
    for column in _COLUMNS:
        op.add_column("escalation_recipients", column)


def downgrade() -> None:
    for column in reversed(_COLUMNS):
        op.drop_column("escalation_recipients", column.name)
