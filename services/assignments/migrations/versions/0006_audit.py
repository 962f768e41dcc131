"""The audit log: what changes responsibility or access, row by row, and the chain over it. See ADR 11."""

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, Identity, Integer, LargeBinary, PrimaryKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What stays of one side of a change: of an update only what differs, and of a secret only that there was one.
_DIFFERENCE = """
CREATE FUNCTION audit_difference(this jsonb, other jsonb, hidden text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN this IS NOT NULL THEN coalesce((
        SELECT jsonb_object_agg(key, CASE WHEN key = ANY (hidden) AND value <> 'null' THEN '"***"' ELSE value END)
        FROM jsonb_each(this) WHERE other IS NULL OR other -> key IS DISTINCT FROM value), '{}') END
$$
"""
_UUID = """
CREATE FUNCTION audit_uuid(raw text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN raw ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN raw::uuid END
$$
"""
# Of everything in an entry; the instant as seconds, because its text depends on the session's time zone.
_DIGEST = """
CREATE FUNCTION audit_digest(entry jsonb, at timestamptz) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(
        (entry - '{at,digest}'::text[] || jsonb_build_object('at', extract(epoch FROM at)))::text, 'UTF8'))
$$
"""
# The statement that writes the entries for the rows of `source` (before, after). It is text because a trigger's
# transition tables are visible in its own function only. $1: the operation, or null; $2: the table.
_SQL = """
CREATE FUNCTION audit_sql(source text, keys text[], hidden text[]) RETURNS text LANGUAGE sql STABLE AS $f$
    SELECT format($q$
        WITH who AS MATERIALIZED (
            SELECT coalesce(nullif(current_setting('caunoi.actor', true), ''), '{}')::jsonb AS w),
        changes AS MATERIALIZED (
            SELECT b, a, coalesce(a, b) AS r, %3$L = '{}' AND (b IS NULL OR a IS NULL) AS plain
            FROM (%1$s) AS c (b, a) WHERE b IS DISTINCT FROM a),
        placed AS MATERIALIZED (
            SELECT *, r ->> 'official_id' AS official, coalesce(
                r ->> 'territory_id', r ->> 'unit_id', r ->> 'district_id', r ->> 'commune_id') AS unit
            FROM changes),
        entries AS (
            SELECT nextval('audit_log_id_seq') AS id, clock_timestamp() AS at,
                pg_current_xact_id()::text::bigint AS txn, CAST(row_number() OVER () AS int) AS position,
                coalesce($1, CASE WHEN b IS NULL THEN 'insert' WHEN a IS NULL THEN 'delete' ELSE 'update' END)
                    AS operation,
                $2 AS record, concat_ws('/', %2$s) AS record_id,
                CASE WHEN plain THEN b ELSE audit_difference(b, a, %3$L) END AS before,
                CASE WHEN plain THEN a ELSE audit_difference(a, b, %3$L) END AS after,
                CASE WHEN $2 = 'units' THEN r ->> 'path' ELSE u.path END AS unit_path,
                coalesce(w ->> 'kind', 'system') AS actor_kind,
                coalesce(w ->> 'actor', current_setting('application_name')) AS actor,
                w ->> 'address' AS address, w ->> 'agent' AS agent, w ->> 'correlation_id' AS correlation_id
            FROM placed CROSS JOIN who
            LEFT JOIN officials AS f ON f.id = audit_uuid(official)
            LEFT JOIN units AS u ON u.id = coalesce(audit_uuid(unit), f.unit_id))
        INSERT INTO audit_log (id, at, txn, position, operation, record, record_id, before, after, unit_path,
            actor_kind, actor, address, agent, correlation_id, digest)
        SELECT e.*, audit_digest(to_jsonb(e), e.at) FROM entries AS e
    $q$, source, (SELECT string_agg(format('r ->> %L', key), ', ') FROM unnest(keys) AS key), hidden)
$f$
"""
# Arguments: the columns of the key, the columns that are secret.
_ROWS = """
CREATE FUNCTION audit_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    keys text[] := TG_ARGV[0];
    source text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT NULL::jsonb, to_jsonb(n) FROM new_rows AS n'
        WHEN 'DELETE' THEN 'SELECT to_jsonb(o), NULL::jsonb FROM old_rows AS o'
        WHEN 'TRUNCATE' THEN 'SELECT NULL::jsonb, ''{}''::jsonb'
        ELSE 'SELECT to_jsonb(o), to_jsonb(n) FROM old_rows AS o FULL JOIN new_rows AS n ON ' || (
            SELECT string_agg(format('o.%1$I = n.%1$I', key), ' AND ') FROM unnest(keys) AS key) END;
BEGIN
    EXECUTE audit_sql(source, keys, TG_ARGV[1]::text[])
        USING CASE WHEN TG_OP = 'TRUNCATE' THEN 'truncate' END, TG_TABLE_NAME::text;
    RETURN NULL;
END $$
"""
# Audits a table from now on. What stands in it already is written down first, as the state the log begins with.
_ATTACH = """
CREATE FUNCTION audit_attach(target text, keys text[], hidden text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    given text := format('EXECUTE FUNCTION audit_rows(%L, %L)', keys, hidden);
BEGIN
    EXECUTE format('CREATE TRIGGER audit_insert AFTER INSERT ON %I '
        'REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT ', target) || given;
    EXECUTE format('CREATE TRIGGER audit_update AFTER UPDATE ON %I '
        'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT ', target) || given;
    EXECUTE format('CREATE TRIGGER audit_delete AFTER DELETE ON %I '
        'REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT ', target) || given;
    EXECUTE format('CREATE TRIGGER audit_truncate AFTER TRUNCATE ON %I FOR EACH STATEMENT ', target) || given;
    EXECUTE audit_sql(format('SELECT NULL::jsonb, to_jsonb(t) FROM %I AS t', target), keys, hidden)
        USING 'baseline', target;
END $$
"""
# At the commit, and not before: nobody waits for this lock with another one that its holder may want.
_LINK = """
CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mine bigint := pg_current_xact_id()::text::bigint;
    done bigint;
    head audit_chain;
    new_ record;
BEGIN
    PERFORM pg_advisory_xact_lock(211812356);
    SELECT coalesce(max(last_id), 0) INTO done FROM audit_chain WHERE txn = mine;
    SELECT min(id) AS first, max(id) AS last, count(*) AS entries,
            string_agg(digest, ''::bytea ORDER BY id) AS digests
        INTO new_ FROM audit_log WHERE txn = mine AND id > done;
    IF new_.entries > 0 THEN
        SELECT * INTO head FROM audit_chain ORDER BY seq DESC LIMIT 1;
        head.seq := coalesce(head.seq, 0) + 1;
        INSERT INTO audit_chain (seq, at, txn, first_id, last_id, entries, hash)
        VALUES (head.seq, clock_timestamp(), mine, new_.first, new_.last, new_.entries, sha256(
            coalesce(head.hash, ''::bytea)
            || convert_to(concat_ws('|', head.seq, mine, new_.first, new_.last, new_.entries), 'UTF8')
            || new_.digests));
    END IF;
    RETURN NULL;
END $$
"""
_LINK_TRIGGER = """
CREATE CONSTRAINT TRIGGER audit_link AFTER INSERT ON audit_log DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.position = 1) EXECUTE FUNCTION audit_link()
"""
_REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is only ever added to.' USING ERRCODE = 'insufficient_privilege';
END $$
"""
_REFUSE_TRIGGER = """
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
"""


def upgrade() -> None:
    op.create_table(
        "audit_log",
        Column("id", BigInteger, Identity()),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("txn", BigInteger, nullable=False),
        Column("position", Integer, nullable=False),
        Column("operation", Text, nullable=False),
        Column("record", Text, nullable=False),
        Column("record_id", Text, nullable=False),
        Column("before", JSONB),
        Column("after", JSONB),
        Column("unit_path", Text(collation="C")),
        Column("actor_kind", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("address", Text),
        Column("agent", Text),
        Column("correlation_id", Text),
        Column("digest", LargeBinary, nullable=False),
        PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_txn", "audit_log", ["txn"])
    op.create_index("ix_audit_log_record_record_id_id", "audit_log", ["record", "record_id", "id"])
    op.create_index("ix_audit_log_actor_id", "audit_log", ["actor", "id"])
    op.create_table(
        "audit_chain",
        Column("seq", BigInteger, autoincrement=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("txn", BigInteger, nullable=False),
        Column("first_id", BigInteger, nullable=False),
        Column("last_id", BigInteger, nullable=False),
        Column("entries", Integer, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        PrimaryKeyConstraint("seq", name="pk_audit_chain"),
    )
    op.create_index("ix_audit_chain_txn", "audit_chain", ["txn"])
    for statement in (_DIFFERENCE, _UUID, _DIGEST, _SQL, _ROWS, _ATTACH, _LINK, _LINK_TRIGGER, _REFUSE):
        op.execute(statement)
    for table in ("audit_log", "audit_chain"):
        op.execute(_REFUSE_TRIGGER.format(table=table))


def downgrade() -> None:
    op.execute("DROP FUNCTION audit_rows() CASCADE")  # with the triggers that stand on it
    op.drop_table("audit_log")
    op.drop_table("audit_chain")
    for name in ("audit_link", "audit_refuse", "audit_attach", "audit_sql", "audit_digest", "audit_uuid"):
        op.execute(f"DROP FUNCTION {name}")
    op.execute("DROP FUNCTION audit_difference")
