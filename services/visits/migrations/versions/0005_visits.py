"""Field visits and feedback."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)

OWN_DEFAULT = "Mặc định của hệ thống; chưa có văn bản quy định"
REVIEW = "Hội nghị sơ kết (Bến Tre, 12/4/2017): góp ý còn chung chung. " + OWN_DEFAULT

# (code, Vietnamese, English, hours until missed, hours until feedback is asked for)
PURPOSES = [
    ("committee_meeting", "Dự họp cấp ủy", "Meeting of the party committee", 48, 72),
    ("cell_meeting", "Dự sinh hoạt chi bộ", "Meeting of a party cell", 48, 72),
    ("local_activity", "Dự hoạt động tại cơ sở", "Local activity", 48, 72),
    ("household_group", "Gặp gỡ nhóm hộ dân", "Household group", 48, 72),
    ("inspection", "Kiểm tra, khảo sát", "Inspection", 48, 72),
    ("joint", "Đi cơ sở cùng các đơn vị", "Joint visit", 48, 72),
]

# (code, what is done, test, words, number, field, Vietnamese, English)
WORDING_RULES = [
    (
        "too_short", "refuse", "shortest", [], 4, None,
        "Góp ý quá ngắn, chưa nói được điều gì.", "Too short to say anything.",
    ),
    (
        "general_words", "flag", "words",
        [
            "cần quan tâm", "quan tâm chỉ đạo", "quan tâm hơn nữa", "tăng cường", "đẩy mạnh", "phát huy",
            "nâng cao hiệu quả", "nâng cao chất lượng", "tiếp tục quan tâm", "chú trọng", "có biện pháp phù hợp",
        ],
        None, None,
        "Cách nói chung chung: hãy nêu cụ thể ai làm gì, ở đâu, đến mức nào.",
        "General wording: say who does what, where, and how far.",
    ),
    (
        "no_addressee", "flag", "missing", [], None, "addressee",
        "Chưa nêu góp ý cho ai: cấp ủy, ban thường vụ hay cán bộ chủ chốt.",
        "It names no addressee: the committee, the standing committee or a key official.",
    ),
    (
        "no_action", "flag", "missing", [], None, "action",
        "Chưa nêu cụ thể phải làm việc gì.", "It names no action to take.",
    ),
    (
        "no_due_date", "flag", "missing", [], None, "due_on",
        "Chưa nêu thời hạn.", "It names no day by which.",
    ),
]  # fmt: skip


def upgrade() -> None:
    purposes = op.create_table(
        "visit_purposes",
        sa.Column("code", sa.Text),
        sa.Column("name_vi", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("grace_hours", sa.SmallInteger, nullable=False),
        sa.Column("close_hours", sa.SmallInteger, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_visit_purposes"),
    )
    names = ("code", "name_vi", "name_en", "grace_hours", "close_hours")
    op.bulk_insert(
        purposes,
        [
            dict(zip(names, row, strict=True), position=position, source=OWN_DEFAULT, version=1)
            for position, row in enumerate(PURPOSES, start=1)
        ],
    )
    _create_visits()
    _create_feeds()
    _create_wording()
    _create_feedback()


def _place() -> list[sa.Column[Any]]:
    return [
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("unit_code", sa.Text, nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
    ]


def _create_visits() -> None:
    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("meeting_place", sa.Text),
        *_place(),
        sa.Column("hamlet_id", sa.Uuid),
        sa.Column("hamlet_name", sa.Text),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("starts_at", Instant, nullable=False),
        sa.Column("ends_at", Instant, nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("carried_out_at", Instant),
        sa.Column("attendance", JSONB, nullable=False),
        sa.Column("attended", sa.Integer),
        sa.Column("latitude", sa.Double),
        sa.Column("longitude", sa.Double),
        sa.Column("summary", sa.Text),
        sa.Column("closed_at", Instant),
        sa.Column("no_feedback_reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.ForeignKeyConstraint(["purpose"], ["visit_purposes.code"], name="fk_visits_purpose"),
    )
    op.create_index("ix_visits_newest", "visits", ["starts_at", "id"])
    op.create_index("ix_visits_unit_path", "visits", ["unit_path", "starts_at"])
    op.create_index("ix_visits_unit_id", "visits", ["unit_id", "starts_at"])
    waiting = sa.text("due_at IS NOT NULL")
    op.create_index("ix_visits_due_at", "visits", ["due_at", "id"], postgresql_where=waiting)
    op.create_table(
        "visit_officials",
        sa.Column("visit_id", sa.Uuid),
        sa.Column("official_id", sa.Uuid),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("organisation", sa.Text),
        sa.PrimaryKeyConstraint("visit_id", "official_id", name="pk_visit_officials"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_visit_officials_visit_id"),
    )
    op.create_index("ix_visit_officials_official_id", "visit_officials", ["official_id"])
    _moves("visit_moves", "visit_id", "visits", by_itself=True)


def _create_feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("official_name", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("territories", JSONB, nullable=False),
        sa.Column("revoked", sa.Boolean, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("revoked_at", Instant),
        sa.Column("revoked_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("secret_hash", name="uq_calendar_feeds_secret_hash"),
    )
    op.create_index("ix_calendar_feeds_official_id", "calendar_feeds", ["official_id"])


def _create_wording() -> None:
    rules = op.create_table(
        "wording_rules",
        sa.Column("code", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("test", sa.Text, nullable=False),
        sa.Column("words", JSONB, nullable=False),
        sa.Column("number", sa.SmallInteger),
        sa.Column("field", sa.Text),
        sa.Column("message_vi", sa.Text, nullable=False),
        sa.Column("message_en", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_wording_rules"),
    )
    names = ("code", "kind", "test", "words", "number", "field", "message_vi", "message_en")
    op.bulk_insert(
        rules,
        [dict(zip(names, row, strict=True), active=True, source=REVIEW, version=1) for row in WORDING_RULES],
    )
    follow_ups = op.create_table(
        "feedback_follow_ups",
        sa.Column("code", sa.Text),
        sa.Column("answer_days", sa.SmallInteger, nullable=False),
        sa.Column("remind_before_days", sa.SmallInteger, nullable=False),
        sa.Column("chase_every_days", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_feedback_follow_ups"),
    )
    usual = {"code": "feedback", "answer_days": 15, "remind_before_days": 3, "chase_every_days": 7}
    op.bulk_insert(follow_ups, [usual | {"source": OWN_DEFAULT, "version": 1}])


def _create_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        *_place(),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("official_name", sa.Text, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("addressee_kind", sa.Text),
        sa.Column("addressee_name", sa.Text),
        sa.Column("addressee_position", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("action", sa.Text),
        sa.Column("due_on", sa.Date),
        sa.Column("follow_on", sa.Date, nullable=False),
        sa.Column("visit_id", sa.Uuid),
        sa.Column("issue_id", sa.Uuid),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("readers", JSONB, nullable=False),
        sa.Column("flags", JSONB, nullable=False),
        sa.Column("given_at", Instant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answered_by", sa.Text),
        sa.Column("answered_at", Instant),
        sa.Column("done_at", Instant),
        sa.Column("chase_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_feedback_visit_id"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_feedback_issue_id"),
    )
    op.create_index("ix_feedback_newest", "feedback", ["given_at", "id"])
    op.create_index("ix_feedback_unit_path", "feedback", ["unit_path", "given_at"])
    op.create_index("ix_feedback_official_id", "feedback", ["official_id", "given_at"])
    linked = sa.text("visit_id IS NOT NULL")
    op.create_index("ix_feedback_visit_id", "feedback", ["visit_id"], postgresql_where=linked)
    linked = sa.text("issue_id IS NOT NULL")
    op.create_index("ix_feedback_issue_id", "feedback", ["issue_id"], postgresql_where=linked)
    alive = sa.text("chase_at IS NOT NULL")
    op.create_index("ix_feedback_chase_at", "feedback", ["chase_at", "id"], postgresql_where=alive)
    _moves("feedback_moves", "feedback_id", "feedback")


def _moves(name: str, key: str, of: str, *, by_itself: bool = False) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid),
        sa.Column(key, sa.Uuid, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("move", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=by_itself),
        sa.Column("official_id", sa.Uuid),
        sa.Column("official_name", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("data", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint([key], [f"{of}.id"], name=f"fk_{name}_{key}"),
    )
    op.create_index(f"ix_{name}_{key}_at", name, [key, "at"])


def downgrade() -> None:
    for table in (
        "feedback_moves",
        "feedback",
        "feedback_follow_ups",
        "wording_rules",
        "calendar_feeds",
        "visit_moves",
        "visit_officials",
        "visits",
        "visit_purposes",
    ):
        op.drop_table(table)
