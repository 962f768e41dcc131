"""Rules of posts with a time in which they hold: the post above, the step, whether every place needs a holder."""

from alembic import op
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Several people follow one commune, lead one province and stand in one body; of the others there is one a place.
_SEVERAL = ("commune_follower", "district_standing_body", "provincial_leader")
# Not every hamlet has a follower of its own.
_REQUIRED = (
    "cluster_overseer",
    "commune_follower",
    "district_overseer",
    "district_standing_body",
    "provincial_leader",
)


def upgrade() -> None:
    op.create_table(
        "post_rules",
        Column("post_code", Text),
        Column("valid_from", Date),
        Column("valid_to", Date),
        Column("above", Text),
        Column("step", SmallInteger),
        Column("position", SmallInteger),
        Column("required", Boolean, nullable=False),
        Column("source", Text, nullable=False),
        PrimaryKeyConstraint("post_code", "valid_from", name="pk_post_rules"),
        ForeignKeyConstraint(["post_code"], ["posts.code"], name="fk_post_rules_post_code"),
        ForeignKeyConstraint(["above"], ["posts.code"], name="fk_post_rules_above"),
        CheckConstraint("valid_to > valid_from", name="ck_post_rules_validity"),
        CheckConstraint("(step IS NULL) = (position IS NULL)", name="ck_post_rules_asked"),
    )
    op.execute(
        "INSERT INTO post_rules (post_code, valid_from, above, step, position, required, source) "
        "SELECT code, date '1900-01-01', above, step, position, "
        f"code IN {_REQUIRED}, coalesce(steps.source, posts.source) "
        "FROM posts LEFT JOIN steps ON steps.post_code = posts.code"
    )
    op.drop_table("steps")
    op.drop_column("posts", "above")
    op.add_column("posts", Column("several", Boolean, nullable=False, server_default=text("false")))
    op.alter_column("posts", "several", server_default=None)
    op.execute(f"UPDATE posts SET several = code IN {_SEVERAL}")
    for table in ("posts", "post_charges"):
        op.add_column(table, Column("version", Integer, nullable=False, server_default=text("1")))
        op.alter_column(table, "version", server_default=None)
    op.add_column("post_scopes", Column("version", Integer, nullable=False, server_default=text("1")))
    op.alter_column("post_scopes", "version", server_default=None)


def downgrade() -> None:
    for table in ("post_scopes", "post_charges", "posts"):
        op.drop_column(table, "version")
    op.drop_column("posts", "several")
    op.add_column("posts", Column("above", Text))
    op.create_foreign_key("fk_posts_above", "posts", "posts", ["above"], ["code"])
    op.create_table(
        "steps",
        Column("step", Integer),
        Column("post_code", Text),
        Column("position", Integer, nullable=False),
        Column("source", Text, nullable=False),
        PrimaryKeyConstraint("step", "post_code", name="pk_steps"),
        ForeignKeyConstraint(["post_code"], ["posts.code"], name="fk_steps_post_code"),
        UniqueConstraint("post_code", name="uq_steps_post_code"),
        UniqueConstraint("step", "position", name="uq_steps_step_position"),
    )
    # The older schema knows one rule a post: the one that holds on the last day of all.
    op.execute(
        "UPDATE posts SET above = rule.above FROM post_rules AS rule "
        "WHERE rule.post_code = posts.code AND rule.valid_to IS NULL"
    )
    op.execute(
        "INSERT INTO steps (step, post_code, position, source) "
        "SELECT step, post_code, position, source FROM post_rules WHERE valid_to IS NULL AND step IS NOT NULL"
    )
    op.drop_table("post_rules")
