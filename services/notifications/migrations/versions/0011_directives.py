"""Directives: editions, files, broadcasts and receipts; what is written in bulk is sent after the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)

_OWN = "Mặc định của hệ thống; chưa có văn bản quy định"

# Whoever writes many rows says so once a transaction (`lanes.use_bulk_lane`); the statement that writes them, which
# everybody uses, need not know.
_LANE = "coalesce(nullif(current_setting('caunoi.lane', true), ''), '0')::smallint"


def upgrade() -> None:
    op.add_column("notifications", sa.Column("lane", sa.SmallInteger, nullable=False, server_default="0"))
    op.alter_column("notifications", "lane", server_default=sa.text(_LANE))
    op.drop_index("ix_notifications_channel_due", "notifications")
    op.create_index(
        "ix_notifications_channel_due",
        "notifications",
        ["channel", "lane", "due_at", "id"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.execute(
        "INSERT INTO telling_rules (kind, detail, importance, floor, longest_wait_hours, source, version) "
        f"VALUES ('directive', 'any', 'normal', '[\"email\", \"inapp\"]', 24, '{_OWN}', 1)"
    )
    op.execute(
        "INSERT INTO retention_rules (kind, keep_days, until_acknowledged, source, version) "
        f"VALUES ('directive', 1825, false, '{_OWN}', 1)"
    )
    _create_directives()
    _create_parts()
    _create_broadcasts()
    _create_receipts()


def _create_directives() -> None:
    op.create_table(
        "directives",
        sa.Column("id", sa.Uuid),
        sa.Column("number", sa.Text),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("unit_code", sa.Text, nullable=False),
        sa.Column("unit_name", sa.Text, nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("posts", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("levels", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("must_read", sa.Boolean, nullable=False),
        sa.Column("pass_on_by", sa.Date),
        sa.Column("remind_before_days", sa.SmallInteger),
        sa.Column("edition", sa.SmallInteger, nullable=False),
        sa.Column("notice_id", sa.Uuid, nullable=False),
        sa.Column("issued_at", Instant, nullable=False),
        sa.Column("issued_by", sa.Text, nullable=False),
        sa.Column("recalled_at", Instant),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directives"),
    )
    op.create_index("ix_directives_unit_path", "directives", ["unit_path"])


def _create_parts() -> None:
    op.create_table(
        "directive_editions",
        sa.Column("directive_id", sa.Uuid),
        sa.Column("edition", sa.SmallInteger, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("pass_on_by", sa.Date),
        sa.Column("reason", sa.Text),
        sa.Column("at", Instant, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("directive_id", "edition", name="pk_directive_editions"),
        sa.ForeignKeyConstraint(["directive_id"], ["directives.id"], name="fk_directive_editions_directive_id"),
    )
    op.create_table(
        "directive_files",
        sa.Column("id", sa.Uuid),
        sa.Column("directive_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("media_type", sa.Text),
        sa.Column("size", sa.Integer),
        sa.Column("sha256", sa.Text),
        sa.Column("content", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_directive_files"),
        sa.ForeignKeyConstraint(["directive_id"], ["directives.id"], name="fk_directive_files_directive_id"),
        sa.CheckConstraint("(url IS NULL) <> (content IS NULL)", name="ck_directive_files_one"),
    )
    op.create_index("ix_directive_files_directive_id", "directive_files", ["directive_id"])


def _create_broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Uuid),
        sa.Column("directive_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("cursor", sa.Uuid),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("begun_at", Instant),
        sa.Column("finished_at", Instant),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
        sa.ForeignKeyConstraint(["directive_id"], ["directives.id"], name="fk_broadcasts_directive_id"),
    )
    op.create_index(
        "ix_broadcasts_due", "broadcasts", ["due_at", "id"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index("ix_broadcasts_directive_id", "broadcasts", ["directive_id"])


def _create_receipts() -> None:
    op.create_table(
        "directive_receipts",
        sa.Column("directive_id", sa.Uuid),
        sa.Column("official_id", sa.Uuid),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("opened_at", Instant),
        sa.Column("passed_on", sa.Date),
        sa.Column("passed_on_to", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("reported_at", Instant),
        sa.Column("reported_by", sa.Text),
        sa.PrimaryKeyConstraint("directive_id", "official_id", name="pk_directive_receipts"),
        sa.ForeignKeyConstraint(["directive_id"], ["directives.id"], name="fk_directive_receipts_directive_id"),
    )
    op.create_index("ix_directive_receipts_unit_path", "directive_receipts", ["directive_id", "unit_path"])
    op.create_index("ix_directive_receipts_official_id", "directive_receipts", ["official_id"])


def downgrade() -> None:
    """Directives are dropped: the older tables have no place for them."""
    op.execute("DELETE FROM notifications USING notices n WHERE n.id = notice_id AND n.kind = 'directive'")
    op.execute("DELETE FROM notices WHERE kind = 'directive'")
    for table in ("telling_rules", "retention_rules"):
        op.execute(f"DELETE FROM {table} WHERE kind = 'directive'")
    for table in ("directive_receipts", "broadcasts", "directive_files", "directive_editions", "directives"):
        op.drop_table(table)
    op.drop_index("ix_notifications_channel_due", "notifications")
    op.create_index(
        "ix_notifications_channel_due",
        "notifications",
        ["channel", "due_at", "id"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_column("notifications", "lane")
