"""Preferences, what holds whatever anybody wishes, and notifications that go out together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OWN = "Mặc định của hệ thống; chưa có văn bản quy định"
_BOTH = ["email", "inapp"]

# kind, detail, importance, raised from step, floor, longest wait in hours
_RULES = (
    ("escalation", "critical", "critical", None, _BOTH, 0),
    ("escalation", "high", "high", 3, _BOTH, 12),
    ("escalation", "normal", "normal", 2, _BOTH, 24),
    ("escalation", "low", "low", 2, _BOTH, 72),
    ("escalation", "any", "normal", 2, _BOTH, 24),
    ("reminder", "any", "low", None, ["inapp"], None),
)


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("official_id", sa.Uuid),
        sa.Column("language", sa.Text),
        sa.Column("wishes", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True)),
        sa.Column("changed_by", sa.Text),
        sa.PrimaryKeyConstraint("official_id", name="pk_preferences"),
    )
    _create_rules()
    _create_settings()
    op.add_column("notifications", sa.Column("bundle", sa.Uuid))
    op.add_column("notifications", sa.Column("optional", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_notifications_bundle", "notifications", ["bundle"], postgresql_where=sa.text("bundle IS NOT NULL")
    )
    # Also finds how many notices came from one place of late.
    op.drop_index("ix_notices_unit_path", "notices")
    op.create_index("ix_notices_unit_path_created_at", "notices", ["unit_path", "created_at"])


def _create_rules() -> None:
    rules = op.create_table(
        "telling_rules",
        sa.Column("kind", sa.Text),
        sa.Column("detail", sa.Text),
        sa.Column("importance", sa.Text, nullable=False),
        sa.Column("raised_from_step", sa.SmallInteger),
        sa.Column("floor", JSONB, nullable=False),
        sa.Column("longest_wait_hours", sa.SmallInteger),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("kind", "detail", name="pk_telling_rules"),
        sa.CheckConstraint("longest_wait_hours >= 0", name="ck_telling_rules_longest_wait_hours"),
        sa.CheckConstraint("raised_from_step >= 1", name="ck_telling_rules_raised_from_step"),
    )
    names = ("kind", "detail", "importance", "raised_from_step", "floor", "longest_wait_hours")
    op.bulk_insert(rules, [dict(zip(names, row, strict=True)) | {"source": _OWN, "version": 1} for row in _RULES])


def _create_settings() -> None:
    settings = op.create_table(
        "telling_settings",
        sa.Column("id", sa.SmallInteger, autoincrement=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("storm_from", sa.Integer, nullable=False),
        sa.Column("storm_within", sa.Integer, nullable=False),
        sa.Column("storm_gather", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_telling_settings"),
        sa.CheckConstraint("id = 1", name="ck_telling_settings_one"),
        sa.CheckConstraint("storm_from >= 2", name="ck_telling_settings_storm_from"),
        sa.CheckConstraint("storm_within >= 1 AND storm_gather >= 1", name="ck_telling_settings_storm_seconds"),
    )
    row = {
        "id": 1,
        "time_zone": "Asia/Ho_Chi_Minh",
        "storm_from": 4,
        "storm_within": 600,
        "storm_gather": 120,
        "source": _OWN,
        "version": 1,
    }
    op.bulk_insert(settings, [row])


def downgrade() -> None:
    op.drop_index("ix_notices_unit_path_created_at", "notices")
    op.create_index("ix_notices_unit_path", "notices", ["unit_path"])
    op.drop_index("ix_notifications_bundle", "notifications")
    op.drop_column("notifications", "optional")
    op.drop_column("notifications", "bundle")
    for table in ("telling_settings", "telling_rules", "preferences"):
        op.drop_table(table)
