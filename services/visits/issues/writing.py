"""The one statement that writes a new issue: its number, itself, its reporter, its first line on the timeline.

The counter's row stays locked until the commit, so that a rollback leaves no gap. It is locked here and nowhere
earlier, and the commit follows at once: another report of the same province waits that long only.
"""

from sqlalchemy import text

from services.visits.database import Prepared

# Columns taken as they stand on a new Issue; code, search and the upper paths are made by the database.
GIVEN = (
    "id", "version", "state", "step", "kind", "category", "severity", "title", "description", "unit_id",
    "unit_code", "unit_path", "unit_name", "hamlet_id", "hamlet_name", "reported_at", "created_by",
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
        RETURNING id, code, reported_at, created_by
    ), line AS (
        INSERT INTO timeline (issue_id, at, kind, ref, actor_kind, actor_id, data)
        SELECT id, reported_at, :line_kind, id, :line_actor, created_by, CAST(:line_data AS jsonb) FROM issue
    )"""

_REPORTER = """, reporter AS (
        INSERT INTO reporters (issue_id, name, contact) SELECT id, :reporter_name, :reporter_contact FROM issue
    )"""

_CODE = " SELECT code FROM issue"

WITHOUT_REPORTER = Prepared(lambda: text(_ISSUE + _CODE))
WITH_REPORTER = Prepared(lambda: text(_ISSUE + _REPORTER + _CODE))
