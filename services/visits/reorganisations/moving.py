"""The statements that move open work to the heir of its unit, and back: one a table, however many rows."""

from functools import cache

from services.visits.reorganisations.rules import Follower, Kind
from shared.prepared import Prepared

_PLACE = ("unit_id", "unit_code", "unit_path", "unit_name")
_HAMLET = ("hamlet_id", "hamlet_name")
SYSTEM = "system"

# Where work goes: of each unit one row for all of it, and one for what names a hamlet that goes on somewhere.
_GIVEN = """
    WITH given AS MATERIALIZED (
        SELECT unit_id AS from_id, unit_path AS from_path, reorganisation_id, effective_on, "check",
            CAST(NULL AS uuid) AS from_hamlet, CAST(heir->>'unit_id' AS uuid) AS unit_id,
            heir->>'code' AS unit_code, heir->>'path' AS unit_path, heir->>'name' AS unit_name,
            CAST(NULL AS uuid) AS hamlet_id, CAST(NULL AS text) AS hamlet_name
        FROM successions WHERE unit_id = ANY(CAST(:units AS uuid[])) AND NOT undone
        UNION ALL
        SELECT unit_id, successions.unit_path, reorganisation_id, effective_on, "check",
            CAST(each->>'hamlet_id' AS uuid), CAST(each->'unit'->>'unit_id' AS uuid), each->'unit'->>'code',
            each->'unit'->>'path', each->'unit'->>'name', CAST(each->>'heir_id' AS uuid), each->>'name'
        FROM successions CROSS JOIN LATERAL jsonb_array_elements(hamlets) AS each
        WHERE unit_id = ANY(CAST(:units AS uuid[])) AND NOT undone
    )"""


@cache
def forth(follower: Follower, depth: int) -> Prepared:
    """Moves the open rows of units whose paths have `depth` codes. Values: units, now."""
    columns = _PLACE + (_HAMLET if follower.hamlets else ())
    states = ", ".join(f"'{state}'" for state in follower.open)
    own = (
        "AND (given.from_hamlet = it.hamlet_id OR given.from_hamlet IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM given AS other WHERE other.from_hamlet = it.hamlet_id))"
        if follower.hamlets
        else "AND given.from_hamlet IS NULL"
    )
    former = ", ".join(f"'{name}', it.{name}" for name in columns)
    return Prepared(
        f"""{_GIVEN}, found AS MATERIALIZED (
        SELECT it.id, it.unit_name AS was, it.unit_path AS path_before, jsonb_build_object({former}) AS former,
            given.*
        FROM given JOIN {follower.table} AS it ON it.{follower.path_columns[min(depth, 3) - 1]} = given.from_path
        WHERE it.unit_id = given.from_id AND it.state IN ({states}) {own}
        FOR UPDATE OF it
    ), moved AS (
        UPDATE {follower.table} AS it SET version = it.version + 1{follower.more},
            {", ".join(f"{name} = found.{name}" for name in columns)}
        FROM found WHERE it.id = found.id
    ), filed AS (
        UPDATE files SET unit_path = found.unit_path FROM found
        WHERE files.subject_id = found.id AND files.unit_path = found.path_before
    ), kept AS (
        INSERT INTO succession_moves (reorganisation_id, kind, subject_id, from_unit_id, from_unit_name, to_unit_id,
            to_unit_name, to_unit_path, "check", former, moved_at)
        SELECT reorganisation_id, '{follower.kind}', id, from_id, was, unit_id, unit_name, unit_path, "check",
            former, CAST(:now AS timestamptz)
        FROM found
    ) {_line(follower, undone=False)}"""
    )


@cache
def back(follower: Follower) -> Prepared:
    """Moves back what had moved from these units, if it still is where it went. Values: units, now."""
    columns = _PLACE + (_HAMLET if follower.hamlets else ())
    restored = ", ".join(
        f"{name} = CAST(found.former->>'{name}' AS {'uuid' if name.endswith('_id') else 'text'})"
        for name in columns
    )
    return Prepared(
        f"""WITH given AS MATERIALIZED (
        UPDATE succession_moves SET undone_at = CAST(:now AS timestamptz)
        WHERE from_unit_id = ANY(CAST(:units AS uuid[])) AND undone_at IS NULL AND kind = '{follower.kind}'
        RETURNING subject_id, to_unit_id, to_unit_path, reorganisation_id, former
    ), found AS MATERIALIZED (
        SELECT it.id, it.unit_name AS was, given.former->>'unit_name' AS unit_name, given.to_unit_path,
            given.former, given.reorganisation_id, false AS "check", CAST(:now AS timestamptz) AS effective_on
        FROM given JOIN {follower.table} AS it ON it.id = given.subject_id
        WHERE it.unit_id = given.to_unit_id
        FOR UPDATE OF it
    ), moved AS (
        UPDATE {follower.table} AS it SET version = it.version + 1{follower.more}, {restored}
        FROM found WHERE it.id = found.id
    ), filed AS (
        UPDATE files SET unit_path = found.former->>'unit_path' FROM found
        WHERE files.subject_id = found.id AND files.unit_path = found.to_unit_path
    ) {_line(follower, undone=True)}"""
    )


def _line(follower: Follower, *, undone: bool) -> str:
    """What stands in the record's history."""
    table, subject = follower.history
    told = (
        "jsonb_build_object('from', was, 'to', unit_name, 'effective_on', to_char(effective_on, 'YYYY-MM-DD'), "
        f"""'undone', {str(undone).lower()}, 'check', "check")"""
    )
    if follower.kind == Kind.ISSUE:
        return (
            f"INSERT INTO {table} ({subject}, at, kind, ref, actor_kind, data) "
            f"SELECT id, CAST(:now AS timestamptz), 'unit_succeeded', reorganisation_id, '{SYSTEM}', {told} "
            "FROM found ON CONFLICT DO NOTHING"
        )
    names, values = ("", "") if follower.kind == Kind.VISIT else ("client_id, ", f"'{SYSTEM}', ")
    return (
        f"INSERT INTO {table} (id, {subject}, at, move, {names}data) "
        f"SELECT gen_random_uuid(), id, CAST(:now AS timestamptz), 'unit_succeeded', {values}{told} FROM found"
    )
