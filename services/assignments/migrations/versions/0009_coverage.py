"""Coverage: its limits, a row per unit and day, and who can be reached."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    text,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SYSTEM = "Mặc định của hệ thống; không văn bản nào quy định, tỉnh tự đặt theo quyết định của mình"
_LIMITS = {"horizon_days": 30, "ending_days": 60, "most_places": 5, "notice_weekday": 1}


def upgrade() -> None:
    limits = op.create_table(
        "coverage_limits",
        Column("code", Text),
        Column("amount", Integer, nullable=False),
        Column("source", Text, nullable=False),
        Column("version", Integer, nullable=False),
        PrimaryKeyConstraint("code", name="pk_coverage_limits"),
        CheckConstraint("amount > 0", name="ck_coverage_limits_amount"),
    )
    op.bulk_insert(
        limits,
        [{"code": code, "amount": amount, "source": _SYSTEM, "version": 1} for code, amount in _LIMITS.items()],
    )
    op.create_table(
        "coverage_snapshots",
        Column("unit_id", Uuid),
        Column("day", Date),
        Column("required", Integer, nullable=False),
        Column("covered", Integer, nullable=False),
        Column("absent", Integer, nullable=False),
        Column("uncovered_units", Integer, nullable=False),
        PrimaryKeyConstraint("unit_id", "day", name="pk_coverage_snapshots"),
        ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_coverage_snapshots_unit_id"),
    )
    op.create_index("ix_coverage_snapshots_day", "coverage_snapshots", ["day"])
    op.create_table(
        "reachability",
        Column("official_id", Uuid),
        Column("reachable", Boolean, nullable=False),
        Column("reason", Text),
        Column("version", BigInteger, nullable=False),
        PrimaryKeyConstraint("official_id", name="pk_reachability"),
    )
    # Terms that end.
    op.create_index(
        "ix_assignments_valid_to", "assignments", ["valid_to"], postgresql_where=text("valid_to IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_assignments_valid_to", "assignments")
    for name in ("reachability", "coverage_snapshots", "coverage_limits"):
        op.drop_table(name)
