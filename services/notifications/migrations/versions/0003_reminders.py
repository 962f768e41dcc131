"""A notice says any kind of thing: an escalation or a reminder. Its facts are one JSON text."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PARTS = ("step", "issue", "recipients", "vacancies")


def upgrade() -> None:
    op.alter_column("notices", "escalation_id", new_column_name="id")
    op.alter_column("notifications", "escalation_id", new_column_name="notice_id")
    op.add_column("notices", sa.Column("kind", sa.Text, nullable=False, server_default="escalation"))
    op.alter_column("notices", "kind", server_default=None)
    op.add_column("notices", sa.Column("facts", sa.JSON))
    op.execute(
        "UPDATE notices SET facts = json_build_object('escalation_id', id, 'step', step, 'issue', issue, "
        "'recipients', recipients, 'vacancies', vacancies)"
    )
    op.alter_column("notices", "facts", nullable=False)
    op.alter_column("notices", "issue_id", nullable=True)
    for part in _PARTS:
        op.drop_column("notices", part)


def downgrade() -> None:
    """Reminders are dropped: the older tables have no place for them."""
    op.execute("DELETE FROM notifications USING notices n WHERE n.id = notice_id AND n.kind <> 'escalation'")
    op.execute("DELETE FROM notices WHERE kind <> 'escalation'")
    op.add_column("notices", sa.Column("step", sa.Integer))
    for part in _PARTS[1:]:
        op.add_column("notices", sa.Column(part, sa.JSON))
    op.execute(
        "UPDATE notices SET step = CAST(facts ->> 'step' AS int), issue = facts -> 'issue', "
        "recipients = facts -> 'recipients', vacancies = facts -> 'vacancies'"
    )
    for part in (*_PARTS, "issue_id"):
        op.alter_column("notices", part, nullable=False)
    op.drop_column("notices", "facts")
    op.drop_column("notices", "kind")
    op.alter_column("notifications", "notice_id", new_column_name="escalation_id")
    op.alter_column("notices", "id", new_column_name="escalation_id")
