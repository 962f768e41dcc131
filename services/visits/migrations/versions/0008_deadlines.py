"""Working-time calendar, deadlines and the escalation ladder."""

from datetime import time

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)

OWN = "Mặc định của hệ thống; chưa có văn bản quy định"
IHANOI = "Tham khảo iHanoi, QĐ 1207/QĐ-UBND ngày 28/2/2025; không ràng buộc việc chuyển cấp nội bộ"

HOURS = [(time(7, 30), time(11, 30)), (time(13, 30), time(17))]

# (code, target, severity, amount, measure, working hours to warn before, whether a breach escalates, source)
POLICIES = [
    ("first_response", "first_response", None, 4, "working_hours", 1, False, OWN),
    ("first_response_urgent", "first_response", "critical", 2, "working_hours", 0, False, OWN),
    ("acceptance", "acceptance", None, 8, "working_hours", 2, True, IHANOI),
    ("acceptance_urgent", "acceptance", "critical", 4, "working_hours", 1, True, IHANOI),
    ("resolution", "resolution", None, 20, "working_days", 16, True, OWN),
    ("resolution_high", "resolution", "high", 10, "working_days", 8, True, OWN),
    ("resolution_urgent", "resolution", "critical", 5, "working_days", 8, True, OWN),
]

CLIMB_AFTER, FOLLOW_AFTER = 8, 24  # working hours

RUNS = "done_at IS NULL AND fired_at IS NULL AND paused_at IS NULL"


def upgrade() -> None:
    _create_calendar()
    _create_policies()
    _create_timers()
    for column in (
        sa.Column("climb_after", sa.SmallInteger),
        sa.Column("follow_after", sa.SmallInteger),
        sa.Column("measure", sa.Text, nullable=False, server_default="working_hours"),
        sa.Column("times_source", sa.Text, nullable=False, server_default=OWN),
    ):
        op.add_column("escalation_steps", column)
    op.execute(f"UPDATE escalation_steps SET climb_after = {CLIMB_AFTER}, follow_after = {FOLLOW_AFTER}")
    for name in ("measure", "times_source"):
        op.alter_column("escalation_steps", name, server_default=None)


def _create_calendar() -> None:
    hours = op.create_table(
        "working_hours",
        sa.Column("weekday", sa.SmallInteger, autoincrement=False),
        sa.Column("opens", sa.Time),
        sa.Column("closes", sa.Time, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("weekday", "opens", name="pk_working_hours"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="ck_working_hours_weekday"),
        sa.CheckConstraint("opens < closes", name="ck_working_hours_order"),
    )
    op.bulk_insert(
        hours,
        [
            {"weekday": weekday, "opens": opens, "closes": closes, "source": OWN}
            for weekday in range(5)
            for opens, closes in HOURS
        ],
    )
    op.create_table(
        "calendar_overrides",
        sa.Column("day", sa.Date),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("hours", JSONB),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("set_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_calendar_overrides"),
    )


def _create_policies() -> None:
    policies = op.create_table(
        "sla_policies",
        sa.Column("code", sa.Text),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("kind", sa.Text),
        sa.Column("category", sa.Text),
        sa.Column("severity", sa.Text),
        sa.Column("tier", sa.Text),
        sa.Column("amount", sa.SmallInteger, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("warn_hours", sa.SmallInteger, nullable=False),
        sa.Column("climbs", sa.Boolean, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_sla_policies"),
        sa.CheckConstraint(
            "target IN ('first_response', 'acceptance', 'resolution')", name="ck_sla_policies_target"
        ),
        sa.CheckConstraint("measure IN ('working_hours', 'working_days', 'days')", name="ck_sla_policies_measure"),
        sa.CheckConstraint("amount > 0 AND warn_hours >= 0", name="ck_sla_policies_amount"),
    )
    names = ("code", "target", "severity", "amount", "measure", "warn_hours", "climbs", "source")
    op.bulk_insert(policies, [dict(zip(names, row, strict=True), active=True) for row in POLICIES])


def _create_timers() -> None:
    op.create_table(
        "timers",
        sa.Column("issue_id", sa.Uuid),
        sa.Column("target", sa.Text),
        sa.Column("policy", sa.Text),
        sa.Column("step", sa.SmallInteger),
        sa.Column("climbs", sa.Boolean, nullable=False),
        sa.Column("armed_at", Instant, nullable=False),
        sa.Column("warn_at", Instant),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("warned_at", Instant),
        sa.Column("fired_at", Instant),
        sa.Column("paused_at", Instant),
        sa.Column("pause_reason", sa.Text),
        sa.Column("done_at", Instant),
        sa.Column("outcome", sa.Text),
        sa.PrimaryKeyConstraint("issue_id", "target", name="pk_timers"),
    )
    # One index for each thing that is waited for: it holds what still waits, whatever number of rows there is.
    for name, column, what in (
        ("ix_timers_climb", "due_at", "climbs"),
        ("ix_timers_note", "due_at", "NOT climbs"),
        ("ix_timers_warn", "warn_at", "warn_at IS NOT NULL AND warned_at IS NULL"),
    ):
        op.create_index(name, "timers", [column], postgresql_where=sa.text(f"{RUNS} AND {what}"))


def downgrade() -> None:
    for name in ("climb_after", "follow_after", "measure", "times_source"):
        op.drop_column("escalation_steps", name)
    for table in ("timers", "sla_policies", "calendar_overrides", "working_hours"):
        op.drop_table(table)
