"""What officials say of an escalation besides having seen it; units, and who holds which post, as last heard of."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


# What holds for an escalation holds for one that was handed over.
_RULES = {
    "telling_rules": "detail, importance, raised_from_step, floor, longest_wait_hours, source, version",
    "retention_rules": "keep_days, until_acknowledged, source, version",
}


def upgrade() -> None:
    op.add_column("notices", sa.Column("about_id", sa.Uuid))
    op.create_index(
        "ix_notices_about_id", "notices", ["about_id"], postgresql_where=sa.text("about_id IS NOT NULL")
    )
    op.add_column("notifications", sa.Column("answer", sa.Text))
    for table, names in _RULES.items():
        op.execute(
            f"INSERT INTO {table} (kind, {names}) SELECT 'handover', {names} FROM {table} WHERE kind = 'escalation'"
        )
    _create_answers()
    _create_units()
    _create_holders()


def _create_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.Uuid),
        sa.Column("escalation_id", sa.Uuid, nullable=False),
        sa.Column("notification_id", sa.Uuid, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("to_official_id", sa.Uuid),
        sa.Column("to_full_name", sa.Text),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.CheckConstraint("answer IN ('taken', 'handed_over', 'declined', 'returned')", name="ck_answers_answer"),
    )
    op.create_index("ix_answers_escalation_id_id", "answers", ["escalation_id", "id"])


def _create_units() -> None:
    op.create_table(
        "units",
        sa.Column("id", sa.Uuid),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
    )
    op.create_index("ix_units_code", "units", ["code"])
    op.create_index("ix_units_path", "units", ["path"])


def _create_holders() -> None:
    op.create_table(
        "holders",
        sa.Column("assignment_id", sa.Uuid),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("post", sa.Text, nullable=False),
        sa.Column("post_name_vi", sa.Text, nullable=False),
        sa.Column("post_name_en", sa.Text, nullable=False),
        sa.Column("attached_to", sa.Text, nullable=False),
        sa.Column("place_id", sa.Uuid, nullable=False),
        sa.Column("place_name", sa.Text, nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("assignment_id", name="pk_holders"),
    )
    op.create_index("ix_holders_unit_path", "holders", ["unit_path"])
    op.create_index("ix_holders_official_id", "holders", ["official_id"])


def downgrade() -> None:
    """What was handed over is dropped: the older tables have no place for it."""
    op.execute("DELETE FROM notifications USING notices n WHERE n.id = notice_id AND n.kind = 'handover'")
    op.execute("DELETE FROM notices WHERE kind = 'handover'")
    for table in _RULES:
        op.execute(f"DELETE FROM {table} WHERE kind = 'handover'")
    for table in ("holders", "units", "answers"):
        op.drop_table(table)
    op.drop_column("notifications", "answer")
    op.drop_index("ix_notices_about_id", "notices")
    op.drop_column("notices", "about_id")
