"""How long what was said is kept; test messages never wait."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OWN = "Mặc định của hệ thống; chưa có văn bản quy định"


def upgrade() -> None:
    rules = op.create_table(
        "retention_rules",
        sa.Column("kind", sa.Text),
        sa.Column("keep_days", sa.SmallInteger, nullable=False),
        sa.Column("until_acknowledged", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_retention_rules"),
        sa.CheckConstraint("keep_days >= 90", name="ck_retention_rules_keep_days"),
    )
    op.bulk_insert(
        rules,
        [
            {"kind": kind, "keep_days": days, "until_acknowledged": waits, "source": _OWN, "version": 1}
            for kind, days, waits in (("escalation", 1825, True), ("reminder", 365, False))
        ],
    )
    op.create_index("ix_notices_kind_created_at", "notices", ["kind", "created_at"])
    op.execute(
        "INSERT INTO telling_rules (kind, detail, importance, floor, longest_wait_hours, source, version) "
        f"VALUES ('reminder', 'test', 'critical', '[\"inapp\"]', 0, '{_OWN}', 1)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM telling_rules WHERE kind = 'reminder' AND detail = 'test'")
    op.drop_index("ix_notices_kind_created_at", "notices")
    op.drop_table("retention_rules")
