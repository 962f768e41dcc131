"""Stable keys of officials, hamlets and clusters; imports of sheets as jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, Text, Uuid

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officials", Column("staff_code", Text))
    op.create_index("uq_officials_staff_code", "officials", [sa.text("lower(staff_code)")], unique=True)
    op.add_column("hamlets", Column("code", Text))
    op.add_column("clusters", Column("code", Text))
    op.create_table(
        "imports",
        Column("id", Uuid),
        Column("kind", Text, nullable=False),
        Column("dry_run", Boolean, nullable=False),
        Column("file_name", Text, nullable=False),
        Column("size", Integer, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("phase", Text),
        Column("rows_done", Integer, nullable=False),
        Column("rows_total", Integer),
        Column("created", Integer, nullable=False),
        Column("changed", Integer, nullable=False),
        Column("unchanged", Integer, nullable=False),
        Column("fault_count", Integer, nullable=False),
        Column("requested_by", Text, nullable=False),
        Column("official_id", Uuid),
        Column("territories", sa.ARRAY(Text), nullable=False),
        Column("address", Text),
        Column("agent", Text),
        Column("correlation_id", Text),
        Column("requested_at", DateTime(timezone=True), nullable=False),
        Column("started_at", DateTime(timezone=True)),
        Column("finished_at", DateTime(timezone=True)),
        Column("attempts", Integer, nullable=False),
        Column("lease", Uuid),
        Column("leased_until", DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'applied', 'checked', 'refused', 'failed')", name="ck_imports_state"
        ),
    )
    op.create_index(
        "ix_imports_open", "imports", ["id"], postgresql_where=sa.text("state IN ('waiting', 'running')")
    )
    # Apart, and dropped as soon as it was worked off: it is full of people's addresses.
    op.create_table(
        "import_files",
        Column("import_id", Uuid),
        Column("content", LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("import_id", name="pk_import_files"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name="fk_import_files_import_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "import_faults",
        Column("import_id", Uuid),
        Column("number", Integer),
        Column("row", Integer, nullable=False),
        Column("column", Text, nullable=False),
        Column("field", Text, nullable=False),
        Column("reason_vi", Text, nullable=False),
        Column("reason_en", Text, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "number", name="pk_import_faults"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name="fk_import_faults_import_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    for name in ("import_faults", "import_files", "imports"):
        op.drop_table(name)
    for table, column in (("clusters", "code"), ("hamlets", "code"), ("officials", "staff_code")):
        op.drop_column(table, column)
