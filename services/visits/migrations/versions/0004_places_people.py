"""Officials, followings and cadence."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Path = sa.Text(collation="C")
_Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_people()
    _create_activities()
    _create_cadence()
    _create_situation()
    _insert_defaults()


def _create_people() -> None:
    op.create_table(
        "officials",
        sa.Column("id", sa.Uuid),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_officials"),
    )
    op.create_table(
        "followings",
        sa.Column("id", sa.Uuid),
        sa.Column("official_id", sa.Uuid, nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("full_name", "post", "post_name_vi", "post_name_en", "attached_to")
        ),
        sa.Column("place_id", sa.Uuid, nullable=False),
        sa.Column("place_name", sa.Text, nullable=False),
        sa.Column("unit_path", _Path, nullable=False),
        sa.Column("hamlet_id", sa.Uuid),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_followings"),
    )
    op.create_index("ix_followings_unit_path", "followings", ["unit_path"])
    op.create_index("ix_followings_official_id", "followings", ["official_id"])
    op.create_table(
        "followed_clusters",
        sa.Column("id", sa.Uuid),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_path", _Path, nullable=False),
        sa.Column("communes", JSONB, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_followed_clusters"),
    )


def _create_activities() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.Uuid),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("unit_path", _Path, nullable=False),
        sa.Column("activity", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("ref", sa.Uuid, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("recorded_at", _Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_activities"),
        sa.UniqueConstraint("ref", "activity", "official_id", name="uq_activities_ref_activity_official_id"),
    )
    op.create_index("ix_activities_official", "activities", ["official_id", "activity", "unit_path", "day"])
    op.create_index("ix_activities_unit", "activities", ["unit_path", "activity", "day"])


def _create_cadence() -> None:
    op.create_table(
        "cadence_rules",
        sa.Column("post", sa.Text),
        sa.Column("activity", sa.Text),
        sa.Column("every_days", sa.SmallInteger, nullable=False),
        sa.Column("remind_before", sa.SmallInteger, nullable=False),
        sa.Column("tell_post", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("post", "activity", name="pk_cadence_rules"),
        sa.CheckConstraint("every_days > 0", name="ck_cadence_rules_every_days"),
        sa.CheckConstraint(
            "remind_before >= 0 AND remind_before < every_days", name="ck_cadence_rules_remind_before"
        ),
    )
    op.create_table(
        "excusals",
        sa.Column("id", sa.Uuid),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("unit_path", _Path),
        sa.Column("unit_name", sa.Text),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", _Instant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("withdrawn_at", _Instant),
        sa.Column("withdrawn_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_excusals"),
        sa.CheckConstraint("first_day <= last_day", name="ck_excusals_period"),
    )
    op.create_index("ix_excusals_official_id", "excusals", ["official_id"])
    op.create_table(
        "obligations",
        sa.Column("following_id", sa.Uuid),
        sa.Column("activity", sa.Text),
        sa.Column("next_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("following_id", "activity", name="pk_obligations"),
    )
    op.create_index("ix_obligations_next_on", "obligations", ["next_on"])


def _create_situation() -> None:
    op.create_table(
        "thresholds",
        sa.Column("code", sa.Text),
        sa.Column("days", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_thresholds"),
        sa.CheckConstraint("days > 0", name="ck_thresholds_days"),
    )
    op.create_table(
        "ratings",
        sa.Column("id", sa.Uuid),
        sa.Column("unit_id", sa.Uuid, nullable=False),
        sa.Column("unit_code", sa.Text, nullable=False),
        sa.Column("unit_path", _Path, nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("official_id", sa.Uuid, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("score", sa.SmallInteger, nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("created_at", _Instant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ratings"),
        sa.UniqueConstraint("unit_id", "official_id", "month", name="uq_ratings_unit_id_official_id_month"),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name="ck_ratings_score"),
        sa.CheckConstraint("extract(day FROM month) = 1", name="ck_ratings_month"),
    )
    op.create_index("ix_ratings_unit_path", "ratings", ["unit_path"])
    op.create_index("ix_ratings_official_id", "ratings", ["official_id"])


# The article asks for regular visits and sets no quota: a province edits these rows and says by which decision.
_DEFAULT = "Mặc định của hệ thống; chưa có văn bản quy định"

# (post, activity, every so many days, remind so many days before, the post told too when it is overdue)
_RULES = [
    ("commune_follower", "visit", 30, 7, "district_overseer"),
    ("commune_follower", "meeting", 90, 14, "district_overseer"),
    ("commune_follower", "report", 90, 14, "district_overseer"),
    ("commune_follower", "contact", 30, 7, None),
    ("district_overseer", "visit", 90, 14, None),
    ("cluster_overseer", "visit", 30, 7, "district_standing_body"),
    ("hamlet_follower", "visit", 30, 7, "cluster_overseer"),
    ("hamlet_follower", "meeting", 90, 14, "cluster_overseer"),
]


def _insert_defaults() -> None:
    rules = sa.table("cadence_rules", *(sa.column(name) for name in (*_RULE, "active", "source", "version")))
    op.bulk_insert(
        rules,
        [dict(zip(_RULE, row, strict=True), active=True, source=_DEFAULT, version=1) for row in _RULES],
    )
    thresholds = sa.table("thresholds", *(sa.column(name) for name in ("code", "days", "source", "version")))
    row = {"code": "silent_commune", "days": 30, "source": _DEFAULT, "version": 1}
    op.bulk_insert(thresholds, [row])


_RULE = ("post", "activity", "every_days", "remind_before", "tell_post")


def downgrade() -> None:
    for table in ("ratings", "thresholds", "obligations", "excusals", "cadence_rules", "activities"):
        op.drop_table(table)
    for table in ("followed_clusters", "followings", "officials"):
        op.drop_table(table)
