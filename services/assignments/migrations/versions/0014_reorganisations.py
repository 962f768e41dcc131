"""Reorganisations: plans, their items, and where the work of a unit goes that has ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.drop_constraint("ck_units_validity", "units")
    op.create_check_constraint("ck_units_validity", "units", "valid_to >= valid_from")
    for table in ("units", "hamlets"):
        op.add_column(table, sa.Column("succeeded_by", sa.Uuid))
        op.create_foreign_key(f"fk_{table}_succeeded_by", table, table, ["succeeded_by"], ["id"])
    _create_plans()
    _create_items()


def downgrade() -> None:
    for table in ("items", "successions", "units"):
        op.drop_table(f"reorganisation_{table}")
    op.drop_table("reorganisations")
    for table in ("units", "hamlets"):
        op.drop_column(table, "succeeded_by")
    op.drop_constraint("ck_units_validity", "units")
    op.create_check_constraint("ck_units_validity", "units", "valid_to > valid_from")


def _create_plans() -> None:
    op.create_table(
        "reorganisations",
        sa.Column("id", sa.Uuid),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("applied_at", Instant),
        sa.Column("applied_by", sa.Text),
        sa.Column("undone_at", Instant),
        sa.Column("undone_by", sa.Text),
        sa.Column("undo_reason", sa.Text),
        sa.Column("refusal", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reorganisations"),
    )
    op.create_table(
        "reorganisation_units",
        sa.Column("reorganisation_id", sa.Uuid),
        sa.Column("code", sa.Text),
        sa.Column("line", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "kind", "level", "parent_code")),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("predecessors", sa.Integer, nullable=False),
        sa.Column("unit_id", sa.Uuid),
        sa.PrimaryKeyConstraint("reorganisation_id", "code", name="pk_reorganisation_units"),
        _of_plan("units"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_reorganisation_units_unit_id"),
    )
    op.create_table(
        "reorganisation_successions",
        sa.Column("reorganisation_id", sa.Uuid),
        sa.Column("old_code", sa.Text),
        sa.Column("new_code", sa.Text),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("reorganisation_id", "old_code", "new_code", name="pk_reorganisation_successions"),
        _of_plan("successions"),
    )


def _create_items() -> None:
    op.create_table(
        "reorganisation_items",
        sa.Column("id", sa.Uuid),
        sa.Column("reorganisation_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("subject_version", sa.Integer, nullable=False),
        sa.Column("unit_id", sa.Uuid),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("successors", JSONB, nullable=False),
        sa.Column("needs_decision", sa.Boolean, nullable=False),
        sa.Column("default_code", sa.Text),
        sa.Column("default_basis", sa.Text, nullable=False),
        sa.Column("chosen_code", sa.Text),
        sa.Column("chosen_end", sa.Boolean, nullable=False),
        sa.Column("chosen_post", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("decided_at", Instant),
        sa.Column("decided_by", sa.Text),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("former", JSONB),
        sa.Column("new_id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reorganisation_items"),
        sa.UniqueConstraint(
            "reorganisation_id",
            "kind",
            "subject_id",
            name="uq_reorganisation_items_reorganisation_id_kind_subject_id",
        ),
        sa.CheckConstraint(
            "NOT (chosen_end AND chosen_code IS NOT NULL)", name="ck_reorganisation_items_one_choice"
        ),
        _of_plan("items"),
    )
    op.create_index("ix_reorganisation_items_list", "reorganisation_items", ["reorganisation_id", "kind", "id"])
    op.create_index("ix_reorganisation_items_unit", "reorganisation_items", ["reorganisation_id", "unit_id"])


def _of_plan(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_reorganisation_{table}_reorganisation_id"
    return sa.ForeignKeyConstraint(["reorganisation_id"], ["reorganisations.id"], name=name)
