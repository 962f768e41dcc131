"""Files."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)
DEFAULT = "Mặc định của hệ thống; chưa có văn bản quy định"


def upgrade() -> None:
    op.create_table(
        "stored_contents",
        sa.Column("sha256", sa.Text),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("thumbnail", sa.Boolean, nullable=False),
        sa.Column("touched_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_stored_contents"),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("thumbnail", sa.Boolean, nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("subject_kind", sa.Text),
        sa.Column("subject_id", sa.Uuid),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("official_id", sa.Uuid),
        sa.Column("official_name", sa.Text),
        sa.Column("uploaded_by", sa.Text, nullable=False),
        sa.Column("uploaded_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.ForeignKeyConstraint(["sha256"], ["stored_contents.sha256"], name="fk_files_sha256_stored_contents"),
    )
    op.create_index(
        "ix_files_subject", "files", ["subject_id", "id"], postgresql_where=sa.text("subject_id IS NOT NULL")
    )
    op.create_index(
        "ix_files_unattached", "files", ["uploaded_at", "id"], postgresql_where=sa.text("subject_id IS NULL")
    )
    op.create_index("ix_files_sha256", "files", ["sha256"])
    op.create_index("ix_files_unit_path", "files", ["unit_path", "id"])
    rules = op.create_table(
        "file_rules",
        sa.Column("code", sa.Text),
        sa.Column("hours", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_file_rules"),
    )
    # How long an uploaded file may wait to be attached to something before it is cleared away.
    op.bulk_insert(rules, [{"code": "unattached", "hours": 48, "source": DEFAULT}])


def downgrade() -> None:
    for table in ("file_rules", "files", "stored_contents"):
        op.drop_table(table)
