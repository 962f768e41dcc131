"""The one statement that writes a new issue: its number, itself, its reporter, its timers, its first line on the
timeline, and the line on that of the issue it reports again.

The counter's row stays locked until the commit, so that a rollback leaves no gap. It is locked here and nowhere
earlier, and the commit follows at once: another report of the same province waits that long only.
"""

from functools import cache

from services.visits.deadlines.writing import ARMED
from shared.prepared import Prepared

# Columns taken as they stand on a new Issue; code, search and the upper paths are made by the database.
GIVEN = (
    "id", "version", "state", "step", "kind", "category", "severity", "title", "description", "unit_id",
    "unit_code", "unit_path", "unit_name", "hamlet_id", "hamlet_name", "reported_at", "created_by",
    "sensitivity", "looked_like", "re_report_of",
)  # fmt: skip

# No number, and so no issue, unless the unit is still as it was when its dates were checked.
# The code is written as `rules.human_code` says.
_ISSUE = f"""
    WITH numbered AS (
        INSERT INTO issue_counters AS counter (abbreviation, year, last)
        SELECT :abbreviation, :year, 1 FROM units WHERE id = :unit_id AND version = :unit_version
        ON CONFLICT (abbreviation, year) DO UPDATE SET last = counter.last + 1
        RETURNING abbreviation, year,
                  lpad(CAST(last AS text), greatest(6, length(CAST(last AS text))), '0') AS number
    ), issue AS (
        INSERT INTO issues ({", ".join(GIVEN)}, code, search)
        SELECT {", ".join(f":{name}" for name in GIVEN)},
               abbreviation || '-' || year || '-' || number,
               array_to_tsvector(CAST(:words AS text[]) || number)
        FROM numbered
        RETURNING id, code, reported_at, created_by, re_report_of
    ), line AS (
        INSERT INTO timeline (issue_id, at, kind, ref, actor_kind, actor_id, data)
        SELECT id, reported_at, :line_kind, id, :line_actor, created_by, CAST(:line_data AS jsonb) FROM issue
    ), {ARMED}"""

_REPORTER = """, reporter AS (
        INSERT INTO reporters (issue_id, sealed, key_id) SELECT id, :sealed, :key_id FROM issue
    )"""

_AGAIN = """, again AS (
        INSERT INTO timeline (issue_id, at, kind, ref, actor_kind, actor_id, data)
        SELECT re_report_of, reported_at, 're_reported', id, :line_actor, created_by,
               jsonb_build_object('issue_id', id, 'code', code) FROM issue
    )"""

_CODE = " SELECT code FROM issue"


@cache
def statement(*, reporter: bool, again: bool) -> Prepared:
    """The statement for an issue with or without a reporter, new or reported again. It returns the code."""
    return Prepared(_ISSUE + (_REPORTER if reporter else "") + (_AGAIN if again else "") + _CODE)
