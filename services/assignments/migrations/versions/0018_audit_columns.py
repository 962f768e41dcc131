"""The audit log compares rows column by column; of the items of a plan it has those that somebody decided.

Rows were turned into JSON before they were compared, and taken apart again. Now the statement that writes the
entries is made from the columns that the table has at that moment, and only what differs becomes JSON. Entries and
their digests are as before. What an assignment said before is kept by one statement, too.
"""

import runpy
from pathlib import Path
from typing import Any

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# An expression for the row as it now stands, or, once it is gone, as it stood; %1$s is the row in `given`.
_SIDE = """
CREATE FUNCTION audit_side(how text, key text, given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $f$
    SELECT CASE how WHEN 'DELETE' THEN format(given, 'o') WHEN 'TRUNCATE' THEN 'NULL'
        WHEN 'UPDATE' THEN format('CASE WHEN n.%I IS NULL THEN %s ELSE %s END', key, format(given, 'o'),
            format(given, 'n'))
        ELSE format(given, 'n') END
$f$
"""
# What the columns of a table give: `whole`, a row as JSON; `were` and `are`, what differs of it; `place` and
# `official`, what it refers to. A secret is shown as ***: that there is one, or that it was changed.
_COLUMNS = """
CREATE FUNCTION audit_columns(target oid, hidden text[], OUT whole text, OUT were text, OUT "are" text,
    OUT place text, OUT official text) LANGUAGE sql STABLE AS $f$
    SELECT 'to_jsonb(%1$s)' || coalesce(string_agg(format(
            ' || CASE WHEN %%1$s.%1$I IS NULL THEN $2 ELSE jsonb_build_object(%1$L, ''***'') END', name), '')
            FILTER (WHERE secret), ''),
        string_agg(format(differs, name, format(shown, 'o', name)), ' || '),
        string_agg(format(differs, name, format(shown, 'n', name)), ' || '),
        'coalesce(' || string_agg(format('%%1$s.%I', name), ', ' ORDER BY rank) FILTER (WHERE rank IS NOT NULL)
            || ')',
        max('%1$s.official_id') FILTER (WHERE name = 'official_id' AND type = 'uuid'::regtype)
    FROM (
        SELECT attname::text AS name, atttypid AS type, attname = ANY (hidden) AS secret,
            CASE WHEN attname = ANY (hidden) THEN 'CASE WHEN %s.%I IS NOT NULL THEN ''***'' END' ELSE '%s.%I' END
                AS shown,
            replace('CASE WHEN o.%1$I~ IS DISTINCT FROM n.%1$I~ THEN jsonb_build_object(%1$L, %2$s) ELSE $2 END',
                '~', CASE WHEN atttypid = 'json'::regtype THEN '::text' ELSE '' END) AS differs,
            CASE WHEN atttypid = 'uuid'::regtype THEN array_position(
                '{territory_id,unit_id,district_id,commune_id}', attname::text) END AS rank
        FROM pg_attribute WHERE attrelid = target AND attnum > 0 AND NOT attisdropped
    ) AS columns
$f$
"""
# The statement that writes the entries for what was done to a table. It is text because a trigger's transition
# tables are visible in its own function only, and made anew each time because a migration may change the columns.
# `filled`: rows in which this column was and is empty do not count. $1: the table; $2: '{}'.
_SQL = """
CREATE FUNCTION audit_sql(target oid, how text, keys text[], hidden text[], filled text) RETURNS text
LANGUAGE plpgsql STABLE AS $f$
DECLARE
    own record := audit_columns(target, hidden);
    key text := keys[1];
    of_key text := (
        SELECT string_agg(format('to_jsonb(%%1$s.%I) #>> ''{}''', each), ', ') FROM unnest(keys) AS each);
    pairs text := (SELECT string_agg(format('o.%1$I = n.%1$I', each), ' AND ') FROM unnest(keys) AS each);
    source text := CASE how WHEN 'INSERT' THEN 'new_rows AS n' WHEN 'DELETE' THEN 'old_rows AS o'
        WHEN 'UPDATE' THEN 'old_rows AS o FULL JOIN new_rows AS n ON ' || pairs
        WHEN 'BASELINE' THEN target::regclass || ' AS n' ELSE '(SELECT) AS n' END;
    operation text := quote_literal(lower(how));
    before text := 'NULL::jsonb';
    after text := CASE how WHEN 'TRUNCATE' THEN '$2' WHEN 'DELETE' THEN before ELSE format(own.whole, 'n') END;
    wanted text := 'true';
    path text := 'NULL';
BEGIN
    IF how = 'DELETE' THEN
        before := format(own.whole, 'o');
    ELSIF how = 'UPDATE' THEN  -- a row whose key was changed went, and another came
        operation := format('CASE WHEN o.%1$I IS NULL THEN ''insert'' WHEN n.%1$I IS NULL THEN ''delete'' '
            'ELSE ''update'' END', key);
        before := format('CASE WHEN o.%1$I IS NULL THEN NULL WHEN n.%1$I IS NULL THEN %2$s ELSE %3$s END', key,
            format(own.whole, 'o'), own.were);
        after := format('CASE WHEN n.%1$I IS NULL THEN NULL WHEN o.%1$I IS NULL THEN %2$s ELSE %3$s END', key,
            format(own.whole, 'n'), own.are);
        wanted := '(o *= n) IS NOT TRUE';  -- by their bytes: not every type (json) can be compared otherwise
    END IF;
    IF filled IS NOT NULL AND how = 'UPDATE' THEN
        wanted := wanted || format(' AND (o.%1$I IS NOT NULL OR n.%1$I IS NOT NULL)', filled);
    ELSIF filled IS NOT NULL AND how <> 'TRUNCATE' THEN
        wanted := audit_side(how, key, format('%%1$s.%I IS NOT NULL', filled));
    END IF;
    IF target = 'units'::regclass THEN
        path := audit_side(how, key, '%1$s.path');
    ELSIF how <> 'TRUNCATE' AND (own.place IS NOT NULL OR own.official IS NOT NULL) THEN
        path := 'u.path';
        source := source
            || coalesce(' LEFT JOIN officials AS f ON f.id = ' || audit_side(how, key, own.official), '')
            || format(' LEFT JOIN units AS u ON u.id = coalesce(%s)', concat_ws(', ',
                audit_side(how, key, own.place), CASE WHEN own.official IS NOT NULL THEN 'f.unit_id' END));
    END IF;
    RETURN format($q$
        INSERT INTO audit_log (id, at, txn, position, operation, record, record_id, before, after, unit_path,
            actor_kind, actor, address, agent, correlation_id, digest)
        SELECT e.*, sha256(convert_to(jsonb_build_object(
            'id', id, 'at', extract(epoch FROM at), 'txn', txn, 'position', position, 'operation', operation,
            'record', record, 'record_id', record_id, 'before', before, 'after', after, 'unit_path', unit_path,
            'actor_kind', actor_kind, 'actor', actor, 'address', address, 'agent', agent,
            'correlation_id', correlation_id)::text, 'UTF8'))
        FROM (
            SELECT nextval('audit_log_id_seq') AS id, clock_timestamp() AS at,
                pg_current_xact_id()::text::bigint AS txn, CAST(row_number() OVER () AS int) AS position,
                %s AS operation, $1 AS record, concat_ws('/', %s) AS record_id, %s AS before, %s AS after,
                %s AS unit_path, coalesce(w ->> 'kind', 'system') AS actor_kind,
                coalesce(w ->> 'actor', current_setting('application_name')) AS actor,
                w ->> 'address' AS address, w ->> 'agent' AS agent, w ->> 'correlation_id' AS correlation_id
            FROM (SELECT coalesce(nullif(current_setting('caunoi.actor', true), ''), '{}')::jsonb AS w OFFSET 0)
                AS who CROSS JOIN %s
            WHERE %s) AS e
        $q$, operation, audit_side(how, key, format('concat_ws(''/'', %s)', of_key)), before, after, path, source,
        wanted);
END $f$
"""
# Arguments: the columns of the key, the columns that are secret, and `filled`.
_ROWS = """
CREATE OR REPLACE FUNCTION audit_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE audit_sql(TG_RELID, TG_OP, TG_ARGV[0]::text[], TG_ARGV[1]::text[], TG_ARGV[2])
        USING TG_TABLE_NAME::text, '{}'::jsonb;
    RETURN NULL;
END $$
"""
# Audits a table from now on. What stands in it already is written down first, as the state the log begins with.
_ATTACH = """
CREATE FUNCTION audit_attach(target text, keys text[], hidden text[], filled text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    given text := format('FOR EACH STATEMENT EXECUTE FUNCTION audit_rows(%s)', concat_ws(', ',
        quote_literal(keys), quote_literal(hidden), quote_literal(filled)));
BEGIN
    EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows ', target)
        || given;
    EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %I '
        'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ', target) || given;
    EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows ', target)
        || given;
    EXECUTE format('CREATE TRIGGER audit_truncate AFTER TRUNCATE ON %I ', target) || given;
    EXECUTE audit_sql(target::regclass, 'BASELINE', keys, hidden, filled) USING target, '{}'::jsonb;
END $$
"""
_KEPT = (
    "version, official_id, post_code, unit_id, cluster_id, hamlet_id, territory_id, legal_basis, document_id, "
    "scope_note, handover_note, valid_from, valid_to, change, reason, recorded_at, recorded_by"
)
_KEEP = f"""
CREATE OR REPLACE FUNCTION keep_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO assignment_history (assignment_id, {_KEPT})
    SELECT o.id, {", ".join(f"o.{name.strip()}" for name in _KEPT.split(","))}
    FROM old_rows AS o JOIN new_rows AS n ON n.id = o.id WHERE o.version IS DISTINCT FROM n.version;
    RETURN NULL;
END $$
"""
_KEEP_TRIGGER = """
CREATE TRIGGER keep_assignment AFTER UPDATE ON assignments
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_assignment()
"""


def upgrade() -> None:
    for old in ("audit_attach", "audit_sql", "audit_difference", "audit_uuid"):
        op.execute(f"DROP FUNCTION {old}")
    for statement in (_SIDE, _COLUMNS, _SQL, _ROWS, _ATTACH, _KEEP):
        op.execute(statement)
    op.execute("DROP TRIGGER keep_assignment ON assignments")
    op.execute(_KEEP_TRIGGER)
    # It is attached anew afterwards, for the items that somebody decided.
    for name in ("insert", "update", "delete", "truncate"):
        op.execute(f"DROP TRIGGER IF EXISTS audit_{name} ON reorganisation_items")
    # Room on each page: what an item has become is written beside it without touching its indexes.
    op.execute("ALTER TABLE reorganisation_items SET (fillfactor = 50)")


def downgrade() -> None:
    op.execute("ALTER TABLE reorganisation_items RESET (fillfactor)")
    for name in ("audit_attach", "audit_sql", "audit_columns", "audit_side"):
        op.execute(f"DROP FUNCTION {name}")
    audit, history = _of("0006_audit"), _of("0015_history")
    for name in ("_DIFFERENCE", "_UUID", "_SQL", "_ATTACH"):
        op.execute(audit[name])
    op.execute(audit["_ROWS"].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.execute("DROP TRIGGER keep_assignment ON assignments")
    op.execute(history["KEEP_FUNCTION"].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.execute(history["KEEP_TRIGGER"])


def _of(migration: str) -> dict[str, Any]:
    """What an earlier migration defines."""
    return runpy.run_path(str(Path(__file__).with_name(f"{migration}.py")))
