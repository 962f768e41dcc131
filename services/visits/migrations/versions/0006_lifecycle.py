"""The whole life of an issue, categories as a tree, intake, sealed reporters."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)

OWN = "Mặc định của hệ thống; chưa có văn bản quy định"
OWN_URGENT = "Mặc định của hệ thống, theo cách phân loại khẩn cấp của iHanoi (QĐ 1207/QĐ-UBND ngày 28/02/2025)"

# What is built, dug or laid can be photographed.
NEEDS_EVIDENCE = ("water", "irrigation_salinity", "roads_bridges", "electricity", "environment")

# (code, parent, name_vi, name_en, needs evidence, urgent, source)
BELOW = [
    ("salt_intrusion", "irrigation_salinity", "Xâm nhập mặn", "Salt intrusion", True, False, OWN),
    (
        "sluices_canals",
        "irrigation_salinity",
        "Cống, đập, kênh mương",
        "Sluices, dams and canals",
        True,
        False,
        OWN,
    ),
    ("disaster", "environment", "Thiên tai, sạt lở", "Disasters and landslides", True, True, OWN_URGENT),
    ("epidemic", "health", "Dịch bệnh", "Epidemics", False, True, OWN_URGENT),
    ("accident", "security", "Tai nạn, sự cố", "Accidents", False, True, OWN_URGENT),
    (
        "public_order",
        "security",
        "An ninh, trật tự khẩn cấp",
        "Urgent matters of security",
        False,
        True,
        OWN_URGENT,
    ),
]

COMPLAINT_SOURCE = "Luật Khiếu nại 2011, Điều 2 (khái niệm); từ và trọng số là mặc định của hệ thống"
DENUNCIATION_SOURCE = "Luật Tố cáo 2018, Điều 2 (khái niệm); từ và trọng số là mặc định của hệ thống"
SECRET_SOURCE = "Luật Bảo vệ bí mật nhà nước 2018, Điều 2 (khái niệm); từ và trọng số là mặc định của hệ thống"

# (code, outcome, phrase, weight, source)
PHRASES = [
    ("complaint_letter", "complaint", "đơn khiếu nại", 60, COMPLAINT_SOURCE),
    ("complaint", "complaint", "khiếu nại", 60, COMPLAINT_SOURCE),
    ("complaint_decision", "complaint", "quyết định hành chính", 40, COMPLAINT_SOURCE),
    ("complaint_conduct", "complaint", "hành vi hành chính", 40, COMPLAINT_SOURCE),
    ("complaint_discipline", "complaint", "quyết định kỷ luật", 40, COMPLAINT_SOURCE),
    ("complaint_repeal", "complaint", "hủy quyết định", 40, COMPLAINT_SOURCE),
    ("complaint_settlement", "complaint", "quyết định giải quyết", 40, COMPLAINT_SOURCE),
    ("denunciation_letter", "denunciation", "đơn tố cáo", 60, DENUNCIATION_SOURCE),
    ("denunciation", "denunciation", "tố cáo", 60, DENUNCIATION_SOURCE),
    ("denunciation_violation", "denunciation", "vi phạm pháp luật", 40, DENUNCIATION_SOURCE),
    ("denunciation_official", "denunciation", "hành vi vi phạm", 40, DENUNCIATION_SOURCE),
    ("denunciation_corruption", "denunciation", "tham nhũng", 60, DENUNCIATION_SOURCE),
    ("denunciation_bribe", "denunciation", "nhận hối lộ", 100, DENUNCIATION_SOURCE),
    ("denunciation_embezzle", "denunciation", "tham ô", 100, DENUNCIATION_SOURCE),
    ("denunciation_abuse", "denunciation", "lợi dụng chức vụ", 60, DENUNCIATION_SOURCE),
    ("secret", "state_secret", "bí mật nhà nước", 100, SECRET_SOURCE),
    ("secret_top", "state_secret", "tuyệt mật", 100, SECRET_SOURCE),
    ("secret_high", "state_secret", "tối mật", 100, SECRET_SOURCE),
    ("secret_document", "state_secret", "văn bản mật", 100, SECRET_SOURCE),
    ("secret_papers", "state_secret", "tài liệu mật", 100, SECRET_SOURCE),
]

# (outcome, threshold, text_vi, text_en, source)
GUIDANCE = [
    (
        "complaint",
        100,
        "Nội dung này có dấu hiệu là khiếu nại. Khiếu nại được giải quyết theo Luật Khiếu nại 2011, không xử "
        "lý như phản ánh, kiến nghị. Đề nghị gửi đơn hoặc đến nơi tiếp công dân của cơ quan đã ban hành quyết"
        " định hoặc có hành vi bị khiếu nại. Thời hạn thụ lý: 10 ngày (Điều 27); giải quyết lần đầu: không "
        "quá 30 ngày, vụ việc phức tạp không quá 45 ngày (Điều 28). Hệ thống không lưu nội dung vừa nhập.",
        "This looks like a complaint. Complaints are settled by the Law on Complaints 2011 and are not "
        "handled as feedback. Send it in writing to, or go to the reception office of, the authority whose "
        "decision or conduct it is about. It is accepted within 10 days (Article 27) and first settled within"
        " 30 days, 45 if complex (Article 28). Nothing of what was entered is kept.",
        "Luật Khiếu nại 2011, Điều 27, 28",
    ),
    (
        "denunciation",
        100,
        "Nội dung này có dấu hiệu là tố cáo. Tố cáo được giải quyết theo Luật Tố cáo 2018, có quy định bảo vệ"
        " người tố cáo; không gửi qua hệ thống này. Đề nghị gửi đơn hoặc tố cáo trực tiếp tại cơ quan, tổ "
        "chức có thẩm quyền. Thời hạn giải quyết: không quá 30 ngày kể từ ngày thụ lý (Điều 30). Hệ thống "
        "không lưu nội dung vừa nhập.",
        "This looks like a denunciation. Denunciations are settled by the Law on Denunciations 2018, which "
        "protects whoever denounces; do not send them through this system. Send it in writing, or go in "
        "person, to the authority in charge. It is settled within 30 days of its acceptance (Article 30). "
        "Nothing of what was entered is kept.",
        "Luật Tố cáo 2018, Điều 30",
    ),
    (
        "state_secret",
        100,
        "Nội dung này có dấu hiệu chứa bí mật nhà nước. Không được nhập bí mật nhà nước vào hệ thống này. Đề "
        "nghị làm việc với người phụ trách bảo vệ bí mật nhà nước của cơ quan và gửi theo đường văn bản mật. "
        "Hệ thống không lưu nội dung vừa nhập.",
        "This looks as if it held a state secret. State secrets must not be entered here. Turn to the person "
        "in charge of protecting state secrets at your authority, and send it as a classified document. "
        "Nothing of what was entered is kept.",
        "Luật Bảo vệ bí mật nhà nước 2018",
    ),
]

# (code, days, source)
PRIVACY = [("erase_reporter_after", 90, OWN)]


def upgrade() -> None:
    _grow_categories()
    _grow_issues()
    _create_intake()
    _create_privacy()


def _grow_categories() -> None:
    op.add_column("categories", sa.Column("parent", sa.Text))
    for name in ("needs_evidence", "urgent"):
        op.add_column("categories", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("categories", sa.Column("source", sa.Text, nullable=False, server_default=sa.text(f"'{OWN}'")))
    op.add_column("categories", sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")))
    op.create_foreign_key("fk_categories_parent", "categories", "categories", ["parent"], ["code"])
    op.create_index("ix_categories_parent", "categories", ["parent"])
    names = ("code", "parent", "name_vi", "name_en", "needs_evidence", "urgent", "source")
    kinds = {"needs_evidence": sa.Boolean, "urgent": sa.Boolean, "active": sa.Boolean, "position": sa.SmallInteger}
    table = sa.table(
        "categories", *(sa.column(name, kinds.get(name, sa.Text)) for name in (*names, "active", "position"))
    )
    op.execute(table.update().where(table.c.code.in_(NEEDS_EVIDENCE)).values(needs_evidence=True))
    op.execute(table.update().where(table.c.code == "security").values(urgent=True, source=OWN_URGENT))
    op.execute("UPDATE categories SET position = position * 10")  # room for those below, beside their parents
    positions = {row.code: row.position for row in op.get_bind().execute(sa.select(table))}
    for n, row in enumerate(BELOW, start=1):
        given: dict[str, object] = dict(zip(names, row, strict=True))
        op.bulk_insert(table, [given | {"active": True, "position": positions[row[1]] + n}])


ISSUE_COLUMNS = (
    ("looked_like", sa.Text),
    ("re_report_of", sa.Uuid),
    ("handler_id", sa.Uuid),
    ("handler_name", sa.Text),
    ("waiting_since", Instant),
    ("waiting_for", sa.Text),
    ("resolution", sa.Text),
    ("closed_at", Instant),
    ("merged_into", sa.Uuid),
)


def _grow_issues() -> None:
    op.add_column("issues", sa.Column("sensitivity", sa.Text, nullable=False, server_default=sa.text("'normal'")))
    for name, kind in ISSUE_COLUMNS:
        op.add_column("issues", sa.Column(name, kind))
    for name in ("re_report_of", "merged_into"):
        op.create_foreign_key(f"fk_issues_{name}", "issues", "issues", [name], ["id"])
    op.create_index(
        "ix_issues_handler",
        "issues",
        ["handler_id", "reported_at", "id"],
        postgresql_where=sa.text("handler_id IS NOT NULL"),
    )
    op.create_index(
        "ix_issues_re_report_of", "issues", ["re_report_of"], postgresql_where=sa.text("re_report_of IS NOT NULL")
    )
    op.create_table(
        "satisfactions",
        sa.Column("id", sa.Uuid),
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("move", sa.Text, nullable=False),
        sa.Column("rating", sa.SmallInteger, nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_satisfactions"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_satisfactions_issue_id"),
    )
    op.create_index("ix_satisfactions_issue", "satisfactions", ["issue_id", "at"])


def _create_intake() -> None:
    phrases = op.create_table(
        "intake_phrases",
        sa.Column("code", sa.Text),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("phrase", sa.Text, nullable=False),
        sa.Column("weight", sa.SmallInteger, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_intake_phrases"),
        sa.CheckConstraint(
            "outcome IN ('complaint', 'denunciation', 'state_secret')", name="ck_intake_phrases_outcome"
        ),
        sa.CheckConstraint("weight > 0", name="ck_intake_phrases_weight"),
    )
    guidance = op.create_table(
        "intake_guidance",
        sa.Column("outcome", sa.Text),
        sa.Column("threshold", sa.SmallInteger, nullable=False),
        sa.Column("text_vi", sa.Text, nullable=False),
        sa.Column("text_en", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("outcome", name="pk_intake_guidance"),
    )
    op.create_table(
        "intake_counts",
        sa.Column("unit_path", sa.Text(collation="C")),
        sa.Column("day", sa.Date),
        sa.Column("outcome", sa.Text),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("unit_path", "day", "outcome", name="pk_intake_counts"),
    )
    names = ("code", "outcome", "phrase", "weight", "source")
    rows = [dict(zip(names, row, strict=True)) for row in PHRASES]
    op.bulk_insert(phrases, [row | {"active": True, "version": 1} for row in rows])
    names = ("outcome", "threshold", "text_vi", "text_en", "source")
    op.bulk_insert(guidance, [dict(zip(names, row, strict=True), version=1) for row in GUIDANCE])


def _create_privacy() -> None:
    op.add_column("reporters", sa.Column("sealed", sa.LargeBinary))
    for name in ("key_id", "erased_by", "erased_why"):
        op.add_column("reporters", sa.Column(name, sa.Text))
    for name in ("closed_at", "erased_at"):
        op.add_column("reporters", sa.Column(name, Instant))
    op.create_index(
        "ix_reporters_closed",
        "reporters",
        ["closed_at"],
        postgresql_where=sa.text("closed_at IS NOT NULL AND erased_at IS NULL"),
    )
    op.create_index(
        "ix_reporters_to_seal", "reporters", ["key_id", "issue_id"], postgresql_where=sa.text("erased_at IS NULL")
    )
    op.create_table(
        "contact_reads",
        sa.Column("id", sa.Uuid),
        sa.Column("issue_id", sa.Uuid, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("official_id", sa.Uuid),
        sa.Column("official_name", sa.Text),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact_reads"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name="fk_contact_reads_issue_id"),
    )
    op.create_index("ix_contact_reads_issue", "contact_reads", ["issue_id", "at", "id"])
    rules = op.create_table(
        "privacy_rules",
        sa.Column("code", sa.Text),
        sa.Column("days", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_privacy_rules"),
        sa.CheckConstraint("days >= 0", name="ck_privacy_rules_days"),
    )
    op.bulk_insert(rules, [dict(zip(("code", "days", "source"), row, strict=True), version=1) for row in PRIVACY])


def downgrade() -> None:
    for table in (
        "privacy_rules",
        "contact_reads",
        "intake_counts",
        "intake_guidance",
        "intake_phrases",
        "satisfactions",
    ):
        op.drop_table(table)
    op.drop_index("ix_reporters_to_seal", "reporters")
    op.drop_index("ix_reporters_closed", "reporters")
    for name in ("sealed", "key_id", "erased_by", "erased_why", "closed_at", "erased_at"):
        op.drop_column("reporters", name)
    for name in ("sensitivity", *(name for name, _ in ISSUE_COLUMNS)):
        op.drop_column("issues", name)
    codes = ", ".join(f"'{row[0]}'" for row in BELOW)
    op.execute(
        "UPDATE issues SET category = known.parent FROM categories AS known "
        f"WHERE known.code = issues.category AND known.code IN ({codes})"
    )
    op.execute(f"DELETE FROM categories WHERE code IN ({codes})")
    op.execute("UPDATE categories SET position = position / 10")
    for name in ("parent", "needs_evidence", "urgent", "source", "version"):
        op.drop_column("categories", name)
