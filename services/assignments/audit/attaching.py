"""After every migration: each table that is not yet audited, and not named in UNAUDITED, is from now on.

So a new concept is covered by having a table. What fires is a trigger, because whatever way a row is changed,
through the ORM, in bulk, with a prepared statement or by hand in psql, it passes there.
"""

from sqlalchemy import Connection, bindparam, text

from services.assignments.audit.rules import ONLY_WHERE, SECRETS, UNAUDITED

_IS_THERE = text("SELECT to_regprocedure('audit_attach(text, text[], text[], text)') IS NOT NULL")
_NEW_TABLES = text(
    """
    SELECT t.relname AS name, array_agg(CAST(a.attname AS text) ORDER BY k.place) AS keys
    FROM pg_class AS t
        LEFT JOIN pg_index AS i ON i.indrelid = t.oid AND i.indisprimary
        LEFT JOIN LATERAL unnest(CAST(i.indkey AS smallint[])) WITH ORDINALITY AS k (attnum, place) ON true
        LEFT JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.attnum
    WHERE t.relkind = 'r' AND t.relnamespace = CAST('public' AS regnamespace) AND t.relname NOT IN :unaudited
        AND NOT EXISTS (SELECT FROM pg_trigger AS g WHERE g.tgrelid = t.oid AND g.tgname = 'audit_insert')
    GROUP BY t.oid, t.relname ORDER BY t.oid
    """
).bindparams(bindparam("unaudited", expanding=True))
_ATTACH = text("SELECT audit_attach(:name, CAST(:keys AS text[]), CAST(:hidden AS text[]), :only)")


def attach(connection: Connection) -> None:
    """Audit every table that has to be; does nothing before the migration that makes the log as it is now."""
    if not connection.execute(_IS_THERE).scalar_one():
        return
    for name, keys in connection.execute(_NEW_TABLES, {"unaudited": sorted(UNAUDITED)}).all():
        if keys == [None]:
            raise ValueError(f"The table {name} has no primary key, so its changes cannot be told apart.")
        given = {"hidden": list(SECRETS.get(name, ())), "only": ONLY_WHERE.get(name)}
        connection.execute(_ATTACH, {"name": name, "keys": keys, **given})
