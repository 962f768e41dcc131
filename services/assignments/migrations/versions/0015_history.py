"""Assignments keep what was recorded before, rest on documents and are handed over; documents have a file."""

from alembic import op
from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    text,
)

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEPT = (
    "version, official_id, post_code, unit_id, cluster_id, hamlet_id, territory_id, legal_basis, document_id, "
    "scope_note, handover_note, valid_from, valid_to, change, reason, recorded_at, recorded_by"
)

KEEP_FUNCTION = f"""
CREATE FUNCTION keep_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO assignment_history (assignment_id, {_KEPT})
    VALUES (OLD.id, {", ".join(f"OLD.{name.strip()}" for name in _KEPT.split(","))});
    RETURN NULL;
END
$$
"""
KEEP_TRIGGER = """
CREATE TRIGGER keep_assignment AFTER UPDATE ON assignments FOR EACH ROW
WHEN (OLD.version IS DISTINCT FROM NEW.version) EXECUTE FUNCTION keep_assignment()
"""


def upgrade() -> None:
    op.add_column("documents", Column("repealed_on", Date))
    op.create_table(
        "document_files",
        Column("document_id", Uuid),
        Column("name", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("size", Integer, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("content", LargeBinary, nullable=False),
        Column("uploaded_at", DateTime(timezone=True), nullable=False),
        Column("uploaded_by", Text, nullable=False),
        PrimaryKeyConstraint("document_id", name="pk_document_files"),
        ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_document_files_document_id"),
    )
    # A scan does not get smaller: PostgreSQL need not try.
    op.execute("ALTER TABLE document_files ALTER COLUMN content SET STORAGE EXTERNAL")
    _recorded("assignments")
    op.add_column("assignments", Column("document_id", Uuid))
    op.add_column("assignments", Column("succeeds_id", Uuid))
    op.add_column("assignments", Column("handover_note", Text))
    op.create_foreign_key("fk_assignments_document_id", "assignments", "documents", ["document_id"], ["id"])
    op.create_foreign_key("fk_assignments_succeeds_id", "assignments", "assignments", ["succeeds_id"], ["id"])
    op.create_index("ix_assignments_document_id", "assignments", ["document_id"])
    op.create_table(
        "assignment_history",
        Column("assignment_id", Uuid),
        Column("version", Integer),
        Column("official_id", Uuid, nullable=False),
        Column("post_code", Text, nullable=False),
        Column("unit_id", Uuid),
        Column("cluster_id", Uuid),
        Column("hamlet_id", Uuid),
        Column("territory_id", Uuid, nullable=False),
        Column("legal_basis", Text, nullable=False),
        Column("document_id", Uuid),
        Column("scope_note", Text),
        Column("handover_note", Text),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("change", Text, nullable=False),
        Column("reason", Text),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("recorded_by", Text, nullable=False),
        PrimaryKeyConstraint("assignment_id", "version", name="pk_assignment_history"),
        ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="fk_assignment_history_assignment_id"),
        ForeignKeyConstraint(["official_id"], ["officials.id"], name="fk_assignment_history_official_id"),
    )
    op.execute(KEEP_FUNCTION)
    op.execute(KEEP_TRIGGER)


def _recorded(table: str) -> None:
    """How the row came to say what it says; what was there before says only that it was there."""
    op.add_column(table, Column("change", Text, nullable=False, server_default=text("'assigned'")))
    op.add_column(table, Column("reason", Text))
    moment = Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()"))
    op.add_column(table, moment)
    op.add_column(table, Column("recorded_by", Text, nullable=False, server_default=text("''")))


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_assignment ON assignments")
    op.execute("DROP FUNCTION keep_assignment")
    op.drop_table("assignment_history")
    op.drop_index("ix_assignments_document_id", "assignments")
    for name in ("handover_note", "succeeds_id", "document_id", "recorded_by", "recorded_at", "reason", "change"):
        op.drop_column("assignments", name)
    op.drop_table("document_files")
    op.drop_column("documents", "repealed_on")
