"""Situation reports, information requests, support and drafts."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)

OWN_DEFAULT = "Mặc định của hệ thống; chưa có văn bản quy định"
REVIEW = "Hội nghị sơ kết (Bến Tre, 12/4/2017)"

PURPOSES = [
    ("housing", "Nhà tình nghĩa, tình thương", "Houses for families in need", OWN_DEFAULT),
    ("bridges_roads", "Cầu, đường nông thôn", "Rural bridges and roads", OWN_DEFAULT),
    ("education", "Học bổng, khuyến học", "Scholarships and schooling", OWN_DEFAULT),
    ("health", "Khám, chữa bệnh", "Medical care", OWN_DEFAULT),
    ("clean_water", "Nước sạch", "Clean water", OWN_DEFAULT),
    ("gifts", "Quà Tết, quà cho hộ khó khăn", "Gifts at Tết and for households in need", OWN_DEFAULT),
    ("livelihood", "Sinh kế, giảm nghèo", "Livelihoods and poverty reduction", OWN_DEFAULT),
    ("disaster_relief", "Cứu trợ thiên tai, dịch bệnh", "Relief after disasters and epidemics", OWN_DEFAULT),
    ("social_security", "An sinh xã hội khác", "Other social security", REVIEW),
]

# The three main tasks that an official must know, and the proposals that the grassroots must boldly make.
SECTIONS = [
    ("party_building", "Xây dựng Đảng", "Party building", REVIEW),
    ("political_system", "Xây dựng hệ thống chính trị", "Political system", REVIEW),
    ("socio_economic", "Phát triển kinh tế - xã hội", "Socio-economic development", REVIEW),
    ("proposals", "Đề xuất, kiến nghị", "Proposals", REVIEW),
]

# (period, days after its end until it is due, days before that to remind, days between reminders once overdue)
DEADLINES = [("week", 1, 0, 1, OWN_DEFAULT), ("month", 5, 2, 2, OWN_DEFAULT)]

# (kind, days to answer unless a day is given, days before that to remind, days between reminders once overdue)
ANSWERS = [("request", 10, 2, 2, OWN_DEFAULT)]

# Who receives a report: the first of these posts that anybody else holds above the place.
RECEIVERS = [
    (1, "district_overseer", "Báo cáo Ủy viên Ban Thường vụ Tỉnh ủy theo dõi huyện: " + REVIEW),
    (2, "provincial_leader", "Khi khuyết người theo dõi huyện: " + OWN_DEFAULT),
]


def upgrade() -> None:
    _create_support()
    _create_report_rules()
    _create_reports()
    _create_information()
    op.create_table(
        "drafts",
        sa.Column("created_by", sa.Text),
        sa.Column("client_id", sa.Uuid),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("received_at", Instant, nullable=False),
        sa.Column("result_id", sa.Uuid),
        sa.PrimaryKeyConstraint("created_by", "client_id", name="pk_drafts"),
    )


def _catalogue(name: str, rows: list[tuple[str, str, str, str]]) -> None:
    table = op.create_table(
        name,
        sa.Column("code", sa.Text),
        sa.Column("name_vi", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name=f"pk_{name}"),
    )
    names = ("code", "name_vi", "name_en", "source")
    numbered = enumerate(rows, start=1)
    op.bulk_insert(
        table, [dict(zip(names, row, strict=True), position=position, active=True) for position, row in numbered]
    )


def _place() -> list[sa.Column[Any]]:
    return [
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("unit_code", sa.Text, nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
    ]


def _create_support() -> None:
    _catalogue("support_purposes", PURPOSES)
    op.create_table(
        "contributions",
        sa.Column("id", sa.Uuid),
        *_place(),
        sa.Column("sponsor_name", sa.Text, nullable=False),
        sa.Column("sponsor_kind", sa.Text, nullable=False),
        sa.Column("sponsor_folded", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger),
        sa.Column("goods", sa.Text),
        sa.Column("quantity", sa.Numeric(15, 3)),
        sa.Column("measure", sa.Text),
        sa.Column("estimated_value", sa.BigInteger),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("official_name", sa.Text, nullable=False),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("document_number", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("corrects", sa.Uuid),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("voided_at", Instant),
        sa.Column("voided_by", sa.Text),
        sa.Column("void_reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_contributions"),
        sa.ForeignKeyConstraint(["purpose"], ["support_purposes.code"], name="fk_contributions_purpose"),
        sa.ForeignKeyConstraint(["corrects"], ["contributions.id"], name="fk_contributions_corrects"),
        sa.UniqueConstraint("corrects", name="uq_contributions_corrects"),
        sa.CheckConstraint(
            "CASE kind WHEN 'money' THEN amount > 0 AND goods IS NULL AND quantity IS NULL AND measure IS NULL"
            " AND estimated_value IS NULL AND amount IS NOT NULL ELSE amount IS NULL AND goods IS NOT NULL"
            " AND quantity > 0 AND quantity IS NOT NULL AND measure IS NOT NULL END",
            name="ck_contributions_what",
        ),
    )
    op.create_index("ix_contributions_unit_path", "contributions", ["unit_path", "given_on"])
    op.create_index("ix_contributions_given_on", "contributions", ["given_on", "id"])
    op.create_index("ix_contributions_official_id", "contributions", ["official_id", "given_on"])


def _create_report_rules() -> None:
    _catalogue("report_sections", SECTIONS)
    deadlines = op.create_table(
        "report_deadlines",
        sa.Column("period", sa.Text),
        sa.Column("due_days", sa.SmallInteger, nullable=False),
        sa.Column("remind_before_days", sa.SmallInteger, nullable=False),
        sa.Column("chase_every_days", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("period", name="pk_report_deadlines"),
    )
    op.bulk_insert(deadlines, [dict(zip(deadlines.columns.keys(), row, strict=True)) for row in DEADLINES])
    receivers = op.create_table(
        "report_receivers",
        sa.Column("position", sa.SmallInteger, autoincrement=False),
        sa.Column("post", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_report_receivers"),
    )
    op.bulk_insert(receivers, [dict(zip(receivers.columns.keys(), row, strict=True)) for row in RECEIVERS])


def _create_reports() -> None:
    op.create_table(
        "situation_reports",
        sa.Column("id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("official_name", sa.Text, nullable=False),
        *_place(),
        sa.Column("hamlet_id", sa.Uuid),
        sa.Column("hamlet_name", sa.Text),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("sections", JSONB, nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("receivers", JSONB, nullable=False),
        sa.Column("vacant", JSONB, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("submitted_at", Instant),
        sa.Column("chase_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_situation_reports"),
        sa.UniqueConstraint(
            "official_id",
            "unit_id",
            "hamlet_id",
            "period",
            "first_day",
            name="uq_situation_reports_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_situation_reports_newest", "situation_reports", ["first_day", "id"])
    op.create_index("ix_situation_reports_unit_path", "situation_reports", ["unit_path", "first_day"])
    alive = sa.text("chase_at IS NOT NULL")
    op.create_index(
        "ix_situation_reports_chase_at", "situation_reports", ["chase_at", "id"], postgresql_where=alive
    )
    _moves("report_moves", "situation_reports")


def _create_information() -> None:
    deadlines = op.create_table(
        "information_deadlines",
        sa.Column("kind", sa.Text),
        sa.Column("due_days", sa.SmallInteger, nullable=False),
        sa.Column("remind_before_days", sa.SmallInteger, nullable=False),
        sa.Column("chase_every_days", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_information_deadlines"),
    )
    op.bulk_insert(deadlines, [dict(zip(deadlines.columns.keys(), row, strict=True)) for row in ANSWERS])
    op.create_table(
        "information_requests",
        sa.Column("id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        *_place(),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("official_id", sa.Uuid),
        sa.Column("official_name", sa.Text),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answered_at", Instant),
        sa.Column("answered_by", sa.Text),
        sa.Column("files", JSONB, nullable=False),
        sa.Column("chase_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_information_requests"),
    )
    op.create_index("ix_information_requests_newest", "information_requests", ["asked_at", "id"])
    op.create_index("ix_information_requests_unit_path", "information_requests", ["unit_path", "asked_at"])
    alive = sa.text("chase_at IS NOT NULL")
    op.create_index(
        "ix_information_requests_chase_at", "information_requests", ["chase_at", "id"], postgresql_where=alive
    )
    _moves("information_moves", "information_requests")


def _moves(name: str, of: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("move", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("official_id", sa.Uuid),
        sa.Column("official_name", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("data", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["subject_id"], [f"{of}.id"], name=f"fk_{name}_subject_id"),
    )
    op.create_index(f"ix_{name}_subject_id_at", name, ["subject_id", "at"])


def downgrade() -> None:
    for table in (
        "drafts",
        "information_moves",
        "information_requests",
        "information_deadlines",
        "report_moves",
        "situation_reports",
        "report_receivers",
        "report_deadlines",
        "report_sections",
        "contributions",
        "support_purposes",
    ):
        op.drop_table(table)
