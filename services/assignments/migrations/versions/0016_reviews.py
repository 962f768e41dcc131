"""Rule sets that were applied, and reviews of assignments."""

from alembic import op
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_applications",
        Column("id", Integer, Identity(always=True)),
        Column("name", Text, nullable=False),
        Column("valid_from", Date, nullable=False),
        Column("applied_at", DateTime(timezone=True), nullable=False),
        Column("applied_by", Text, nullable=False),
        Column("rules", JSONB, nullable=False),
        Column("report", JSONB, nullable=False),
        PrimaryKeyConstraint("id", name="pk_rule_applications"),
    )
    op.create_table(
        "review_campaigns",
        Column("id", Uuid),
        Column("name", Text, nullable=False),
        Column("unit_id", Uuid, nullable=False),
        Column("posts", ARRAY(Text), nullable=False),
        Column("deadline", Date, nullable=False),
        Column("effective_on", Date, nullable=False),
        Column("legal_basis", Text, nullable=False),
        Column("document_id", Uuid),
        Column("state", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("created_by", Text, nullable=False),
        Column("closed_at", DateTime(timezone=True)),
        Column("closed_by", Text),
        Column("closing_note", Text),
        Column("version", Integer, nullable=False),
        PrimaryKeyConstraint("id", name="pk_review_campaigns"),
        ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_review_campaigns_unit_id"),
        ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_review_campaigns_document_id"),
        CheckConstraint("state IN ('open', 'applied', 'cancelled')", name="ck_review_campaigns_state"),
    )
    op.create_index("ix_review_campaigns_unit_id", "review_campaigns", ["unit_id"])
    op.create_table(
        "review_items",
        *_about(),
        Column("group_unit_id", Uuid, nullable=False),
        Column("decision", Text),
        Column("reason", Text),
        Column("official_id", Uuid),
        Column("note", Text),
        Column("decided_at", DateTime(timezone=True)),
        Column("decided_by", Text),
        Column("version", Integer, nullable=False),
        PrimaryKeyConstraint("campaign_id", "assignment_id", name="pk_review_items"),
        ForeignKeyConstraint(["group_unit_id"], ["units.id"], name="fk_review_items_group_unit_id"),
        *_keys("review_items"),
    )
    op.create_table(
        "review_decisions",
        *_about(),
        Column("version", Integer),
        Column("decision", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("official_id", Uuid),
        Column("decided_at", DateTime(timezone=True), nullable=False),
        Column("decided_by", Text, nullable=False),
        PrimaryKeyConstraint("campaign_id", "assignment_id", "version", name="pk_review_decisions"),
        *_keys("review_decisions"),
    )


def _about() -> list[Column[object]]:
    return [Column("campaign_id", Uuid), Column("assignment_id", Uuid)]


def _keys(table: str) -> list[ForeignKeyConstraint]:
    targets = {"campaign_id": "review_campaigns", "assignment_id": "assignments", "official_id": "officials"}
    return [
        ForeignKeyConstraint([name], [f"{target}.id"], name=f"fk_{table}_{name}")
        for name, target in targets.items()
    ]


def downgrade() -> None:
    for table in ("review_decisions", "review_items", "review_campaigns", "rule_applications"):
        op.drop_table(table)
