"""Absences of officials, and who stands in; the post that coordinates the assignments of a province."""

from datetime import date

from alembic import op
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    column,
    table,
    text,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


_SOURCE = "Hội nghị sơ kết, Cổng thông tin điện tử tỉnh Bến Tre, 12/4/2017"
_COORDINATOR = {
    "code": "coordinator",
    "name_vi": "Ban Tổ chức Tỉnh ủy, Thành ủy",
    "name_en": "Organisation commission of the provincial committee",
    "attached_to": "province",
    "several": True,
    "source": _SOURCE,
    "version": 1,
}
# No escalation asks it; where nobody holds it, what it is told goes to the province's leaders.
_RULE = {
    "post_code": "coordinator",
    "valid_from": date(1900, 1, 1),
    "above": "provincial_leader",
    "required": False,
    "source": _SOURCE,
}


def upgrade() -> None:
    op.create_table(
        "absences",
        Column("id", Uuid),
        Column("official_id", Uuid, nullable=False),
        Column("substitute_id", Uuid),
        Column("assignment_ids", ARRAY(Uuid)),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("reason", Text, nullable=False),
        Column("note", Text),
        Column("state", Text, nullable=False),
        Column("entered_by", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("decided_by", Text),
        Column("decided_at", DateTime(timezone=True)),
        Column("decision_note", Text),
        Column("version", Integer, nullable=False),
        PrimaryKeyConstraint("id", name="pk_absences"),
        ForeignKeyConstraint(["official_id"], ["officials.id"], name="fk_absences_official_id"),
        ForeignKeyConstraint(["substitute_id"], ["officials.id"], name="fk_absences_substitute_id"),
        CheckConstraint("valid_to > valid_from", name="ck_absences_validity"),
        CheckConstraint("substitute_id <> official_id", name="ck_absences_another"),
        CheckConstraint("cardinality(assignment_ids) > 0", name="ck_absences_some"),
        CheckConstraint("state IN ('requested', 'approved', 'refused', 'cancelled')", name="ck_absences_state"),
    )
    op.create_index("ix_absences_official_id", "absences", ["official_id"])
    op.create_index("ix_absences_substitute_id", "absences", ["substitute_id"])
    for name, row in (("posts", _COORDINATOR), ("post_rules", _RULE)):
        op.bulk_insert(table(name, *(column(each) for each in row)), [row])
    # What every escalation looks into.
    op.create_index(
        "ix_absences_in_force", "absences", ["official_id"], postgresql_where=text("state = 'approved'")
    )


def downgrade() -> None:
    op.drop_table("absences")
    op.execute("DELETE FROM post_rules WHERE post_code = 'coordinator'")
    op.execute("DELETE FROM posts WHERE code = 'coordinator'")
