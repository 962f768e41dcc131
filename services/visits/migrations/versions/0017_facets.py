"""One index of what an issue has one of, with its words, in place of an index each.

The new column is filled in for every issue there is; that takes seconds for a hundred thousand.
"""

from alembic import op
from sqlalchemy import ARRAY, Column, Computed, Text

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_FILTERED = ("state", "kind", "category", "severity")
_CODES = [f"split_part(unit_path, '/', {n}) || '/'" for n in (1, 2, 3)]
_PATHS = [" || ".join(_CODES[:depth]) for depth in (1, 2, 3)]
_DAY = "reported_at AT TIME ZONE 'UTC'"
_MONTH = f"12 * EXTRACT(YEAR FROM {_DAY}) + EXTRACT(MONTH FROM {_DAY})"
_FACETS = [
    *_PATHS,
    *(f"{path} || ' ' || state" for path in _PATHS),
    *(f"'{name} ' || {name}" for name in _FILTERED),
    f"'month ' || CAST(CAST({_MONTH} AS int) AS text)",
]
_SHORT = {"gin_pending_list_limit": 256}


def upgrade() -> None:
    op.add_column("issues", Column("facets", ARRAY(Text), Computed(f"ARRAY[{', '.join(_FACETS)}]", persisted=True)))
    for name in (*_FILTERED, "search"):
        op.drop_index(f"ix_issues_{name}", "issues")
    op.create_index(
        "ix_issues_facets", "issues", ["search", "facets"], postgresql_using="gin", postgresql_with=_SHORT
    )


def downgrade() -> None:
    op.drop_index("ix_issues_facets", "issues")
    op.create_index("ix_issues_search", "issues", ["search"], postgresql_using="gin", postgresql_with=_SHORT)
    for name in _FILTERED:
        op.create_index(f"ix_issues_{name}", "issues", [name, "reported_at", "id"])
    op.drop_column("issues", "facets")
