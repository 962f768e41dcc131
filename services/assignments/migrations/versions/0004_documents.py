"""Documents that have to be read; what each post is to follow, its duties and its powers."""

from alembic import op
from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ARTICLE = "Hội nghị sơ kết, Cổng thông tin điện tử tỉnh Bến Tre, 12/4/2017"
_SYSTEM = "Mặc định của hệ thống, rút từ hội nghị sơ kết 12/4/2017; tỉnh tự sửa theo quy định của mình"

_SCOPES = [
    (
        "commune_follower",
        "Theo dõi toàn diện xã, phường, thị trấn được phân công: xây dựng Đảng, xây dựng hệ thống chính trị, "
        "phát triển kinh tế - xã hội.",
        "Everything in the commune assigned: party building, the political system, socio-economic development.",
    ),
    (
        "district_overseer",
        "Theo dõi huyện, thành phố được phân công; nhận báo cáo của cán bộ theo dõi xã.",
        "The district assigned; receives the reports of those who follow its communes.",
    ),
    (
        "cluster_overseer",
        "Phụ trách các xã trong tiểu vùng; phối hợp với cán bộ tỉnh theo dõi từng xã.",
        "The communes of the cluster, together with the provincial official who follows each.",
    ),
    ("hamlet_follower", "Theo dõi ấp, khu phố được phân công.", "The hamlets assigned."),
]

# (code, kind, Vietnamese, English, the activity that shows it was done)
_CHARGES = [
    ("visit", "duty", "Đi cơ sở thường xuyên.", "Visit regularly.", "visit"),
    (
        "meetings",
        "duty",
        "Dự họp cấp ủy và sinh hoạt ở cơ sở.",
        "Attend committee meetings and local activities.",
        "meeting",
    ),
    ("report", "duty", "Báo cáo định kỳ cho cấp theo dõi trên.", "Report periodically to the overseer.", "report"),
    (
        "coordinate",
        "duty",
        "Trao đổi, phối hợp với huyện và người phụ trách tiểu vùng.",
        "Exchange with the district and the cluster overseer.",
        "contact",
    ),
    (
        "feedback",
        "power",
        "Góp ý chính thức với cấp ủy, ban thường vụ, cán bộ chủ chốt ở cơ sở.",
        "Give formal feedback to the committee, the standing committee and key officials.",
        "feedback",
    ),
    (
        "information",
        "power",
        "Yêu cầu cơ sở cung cấp thông tin.",
        "Ask the commune for information.",
        "information",
    ),
    (
        "petition",
        "power",
        "Kiến nghị, chuyển việc bức xúc lên tỉnh kịp thời.",
        "Petition the province in time and escalate what is pressing.",
        "escalation",
    ),
    (
        "support",
        "power",
        "Vận động hỗ trợ an sinh xã hội cho địa bàn.",
        "Mobilise support for the place.",
        "support",
    ),
]
_WITH_CHARGES = ("commune_follower", "district_overseer", "cluster_overseer", "hamlet_follower")


def upgrade() -> None:
    op.create_table(
        "documents",
        Column("id", Uuid),
        Column("number", Text, nullable=False),
        Column("issuer", Text, nullable=False),
        Column("issued_on", Date, nullable=False),
        Column("title", Text, nullable=False),
        Column("summary", Text),
        Column("url", Text),
        Column("must_read", Boolean, nullable=False),
        Column("posts", ARRAY(Text), nullable=False),
        Column("unit_id", Uuid, nullable=False),
        Column("folded", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("version", Integer, nullable=False),
        PrimaryKeyConstraint("id", name="pk_documents"),
        UniqueConstraint("issuer", "number", "issued_on", name="uq_documents_issuer_number_issued_on"),
        ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_documents_unit_id"),
    )
    op.create_index("ix_documents_unit_id", "documents", ["unit_id"])
    op.create_table(
        "document_readings",
        Column("document_id", Uuid),
        Column("official_id", Uuid),
        Column("read_at", DateTime(timezone=True), nullable=False),
        Column("recorded_by", Text, nullable=False),
        PrimaryKeyConstraint("document_id", "official_id", name="pk_document_readings"),
        ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_document_readings_document_id"),
        ForeignKeyConstraint(["official_id"], ["officials.id"], name="fk_document_readings_official_id"),
    )
    scopes = op.create_table(
        "post_scopes",
        Column("post_code", Text),
        Column("text_vi", Text, nullable=False),
        Column("text_en", Text, nullable=False),
        Column("source", Text, nullable=False),
        PrimaryKeyConstraint("post_code", name="pk_post_scopes"),
        ForeignKeyConstraint(["post_code"], ["posts.code"], name="fk_post_scopes_post_code"),
    )
    charges = op.create_table(
        "post_charges",
        Column("post_code", Text),
        Column("code", Text),
        Column("kind", Text, nullable=False),
        Column("position", SmallInteger, nullable=False),
        Column("text_vi", Text, nullable=False),
        Column("text_en", Text, nullable=False),
        Column("activity", Text),
        Column("active", Boolean, nullable=False),
        Column("source", Text, nullable=False),
        PrimaryKeyConstraint("post_code", "code", name="pk_post_charges"),
        ForeignKeyConstraint(["post_code"], ["posts.code"], name="fk_post_charges_post_code"),
        CheckConstraint("kind IN ('duty', 'power')", name="ck_post_charges_kind"),
    )
    op.create_table(
        "mandate_readings",
        Column("assignment_id", Uuid),
        Column("read_at", DateTime(timezone=True), nullable=False),
        Column("recorded_by", Text, nullable=False),
        PrimaryKeyConstraint("assignment_id", name="pk_mandate_readings"),
        ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="fk_mandate_readings_assignment_id"),
    )
    names = ("post_code", "text_vi", "text_en", "source")
    op.bulk_insert(scopes, [dict(zip(names, (*row, _SYSTEM), strict=True)) for row in _SCOPES])
    fields = ("code", "kind", "text_vi", "text_en", "activity")
    op.bulk_insert(
        charges,
        [
            dict(zip(fields, row, strict=True), post_code=post, position=position, active=True, source=_ARTICLE)
            for post in _WITH_CHARGES
            for position, row in enumerate(_CHARGES, start=1)
        ],
    )


def downgrade() -> None:
    for name in ("mandate_readings", "post_charges", "post_scopes", "document_readings", "documents"):
        op.drop_table(name)
