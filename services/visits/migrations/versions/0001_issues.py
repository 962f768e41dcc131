"""Units, issues, escalations and timelines; categories and escalation steps with their first rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from shared.messaging.schema import create_messaging_tables, drop_messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)

CATEGORIES = [
    ("water", "Nước sạch", "Clean water"),
    ("irrigation_salinity", "Thủy lợi, xâm nhập mặn", "Irrigation and salt intrusion"),
    ("roads_bridges", "Đường, cầu nông thôn", "Rural roads and bridges"),
    ("electricity", "Điện", "Electricity"),
    ("health", "Y tế", "Health"),
    ("education", "Giáo dục", "Education"),
    ("environment", "Môi trường", "Environment"),
    ("land", "Đất đai", "Land"),
    ("security", "An ninh, trật tự", "Security and order"),
    ("social_policy", "Chính sách xã hội", "Social policy"),
    ("administration", "Thủ tục, cán bộ, tổ chức", "Administration, staff and organisation"),
    ("other", "Lĩnh vực khác", "Other"),
]

# The order of 2017 names no ladder with numbers; it says who follows a commune and that the province's leaders
# come last. A province that works otherwise edits these rows.
STEPS = [
    (1, "Cán bộ tỉnh, huyện theo dõi địa bàn", "Officials who follow the place", "Quy định 02 (Bến Tre)"),
    (2, "Lãnh đạo tỉnh", "Provincial leaders", "Kế hoạch 23 (Bến Tre)"),
]


def upgrade() -> None:
    create_messaging_tables(op)  # type: ignore[arg-type]  # the module stands for the object
    _create_places()
    _create_catalogues()
    _create_issues()
    _create_escalations()
    _create_timeline()


def _create_places() -> None:
    op.create_table(
        "units",
        sa.Column("id", sa.Uuid),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("province_code", sa.Text, nullable=False),
        sa.Column("province_abbreviation", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
    )
    op.create_index("ix_units_code", "units", ["code"])
    op.create_index("ix_units_path", "units", ["path"])
    op.create_table(
        "hamlets",
        sa.Column("id", sa.Uuid),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hamlets"),
    )
    op.create_index("ix_hamlets_unit_id", "hamlets", ["unit_id"])


def _create_catalogues() -> None:
    categories = op.create_table(
        "categories",
        sa.Column("code", sa.Text),
        sa.Column("name_vi", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_categories"),
    )
    names = ("code", "name_vi", "name_en")
    op.bulk_insert(
        categories,
        [
            dict(zip(names, row, strict=True), position=position, active=True)
            for position, row in enumerate(CATEGORIES, start=1)
        ],
    )
    steps = op.create_table(
        "escalation_steps",
        sa.Column("step", sa.SmallInteger, autoincrement=False),
        sa.Column("name_vi", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("step", name="pk_escalation_steps"),
    )
    op.bulk_insert(steps, [dict(zip(steps.columns.keys(), row, strict=True)) for row in STEPS])


def _create_issues() -> None:
    op.create_table(
        "issue_counters",
        sa.Column("abbreviation", sa.Text),
        sa.Column("year", sa.SmallInteger, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("abbreviation", "year", name="pk_issue_counters"),
    )
    op.create_table(
        "issues",
        sa.Column("id", sa.Uuid),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("step", sa.SmallInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("unit_code", sa.Text, nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("hamlet_id", sa.Uuid),
        sa.Column("hamlet_name", sa.Text),
        sa.Column("reported_at", Instant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("search", TSVECTOR, nullable=False),
        *(_upper_path(depth) for depth in (1, 2, 3)),
        sa.PrimaryKeyConstraint("id", name="pk_issues"),
        sa.UniqueConstraint("code", name="uq_issues_code"),
        sa.ForeignKeyConstraint(["category"], ["categories.code"], name="fk_issues_category"),
    )
    op.create_index("ix_issues_newest", "issues", ["reported_at", "id"])
    for filtered in ("path_1", "path_2", "path_3", "state", "kind", "category", "severity"):
        op.create_index(f"ix_issues_{filtered}", "issues", [filtered, "reported_at", "id"])
    # A short pending list: an insert that empties it, and a search that reads it, take milliseconds.
    op.create_index(
        "ix_issues_search",
        "issues",
        ["search"],
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": 256},
    )
    op.create_table(
        "reporters",
        sa.Column("issue_id", sa.Uuid),
        sa.Column("name", sa.Text),
        sa.Column("contact", sa.Text),
        sa.PrimaryKeyConstraint("issue_id", name="pk_reporters"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_reporters_issue_id", ondelete="CASCADE"),
    )


def _upper_path(depth: int) -> sa.Column[str]:
    codes = " || ".join(f"split_part(unit_path, '/', {n}) || '/'" for n in range(1, depth + 1))
    return sa.Column(f"path_{depth}", sa.Text(collation="C"), sa.Computed(codes, persisted=True), nullable=False)


def _create_escalations() -> None:
    op.create_table(
        "escalations",
        sa.Column("id", sa.Uuid),
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("step", sa.SmallInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Date, nullable=False),
        sa.Column("escalated_at", Instant, nullable=False),
        sa.Column("escalated_by", sa.Text, nullable=False),
        sa.Column("routed_at", Instant),
        sa.Column("vacancies", JSONB, nullable=False),
        sa.Column("acknowledged_at", Instant),
        sa.Column("acknowledged_by", sa.Uuid),
        sa.Column("acknowledged_by_name", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_escalations"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_escalations_issue_id"),
    )
    op.create_index("ix_escalations_issue_id_escalated_at_id", "escalations", ["issue_id", "escalated_at", "id"])
    op.create_table(
        "escalation_recipients",
        sa.Column("escalation_id", sa.Uuid),
        sa.Column("official_id", sa.Uuid),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("acknowledged_at", Instant),
        sa.Column("acknowledged_over", sa.Text),
        sa.PrimaryKeyConstraint("escalation_id", "official_id", name="pk_escalation_recipients"),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name="fk_escalation_recipients_escalation_id"
        ),
    )


def _create_timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("issue_id", sa.Uuid),
        sa.Column("at", Instant),
        sa.Column("kind", sa.Text),
        sa.Column("ref", sa.Uuid),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text),
        sa.Column("actor_name", sa.Text),
        sa.Column("data", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "at", "kind", "ref", name="pk_timeline"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_timeline_issue_id"),
    )


def downgrade() -> None:
    for table in (
        "timeline",
        "escalation_recipients",
        "escalations",
        "reporters",
        "issues",
        "issue_counters",
        "escalation_steps",
        "categories",
        "hamlets",
        "units",
    ):
        op.drop_table(table)
    drop_messaging_tables(op)  # type: ignore[arg-type]  # the module stands for the object
