"""Databases filled with as many issues and notifications as a country makes in years."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

CHANNELS = 2
PEOPLE = 5  # told of each issue: with two channels ten notifications

# 148 communes in nine districts; the newest issue is of now, the oldest of four years ago. The words of a text are
# drawn so that some are in every third and some in every thousandth issue.
_ISSUES = """
    INSERT INTO issues (id, code, version, state, step, kind, category, severity, title, description, unit_id,
        unit_code, unit_path, unit_name, reported_at, created_by, search)
    SELECT gen_random_uuid(), 'BT-2025-' || lpad(CAST(n AS text), 8, '0'), 2,
        (ARRAY['resolved', 'resolved', 'resolved', 'verified', 'escalated', 'reported'])[1 + n % 6], n % 3,
        (ARRAY['pressing', 'difficulty', 'proposal'])[1 + n % 3], 'water',
        (ARRAY['normal', 'high', 'critical'])[1 + n % 3], 'Việc thứ ' || n,
        repeat('Bà con đã phản ánh nhiều lần. ', 8),
        gen_random_uuid(), lpad(CAST(n % 148 AS text), 5, '0'),
        '83/' || (820 + n % 9) || '/' || lpad(CAST(n % 148 AS text), 5, '0') || '/', 'Xã, Huyện, Tỉnh Bến Tre',
        now() - n * interval '4 years' / :count, 'bench',
        array_to_tsvector(ARRAY['viec', 'tu' || n % 3, 'tu' || n % 40, 'tu' || n % 1000]
            || CASE WHEN n % 100 = 7 THEN ARRAY['cong', 'ngan', 'man'] ELSE ARRAY['cong'] END)
    FROM generate_series(1, CAST(:count AS int)) AS n
"""
_TIMELINE = """
    INSERT INTO timeline (issue_id, at, kind, ref, actor_kind, data)
    SELECT id, reported_at + part * interval '1 hour', 'reported', id, 'system', '{"unit_name": "Xã, Huyện"}'
    FROM issues, generate_series(1, 3) AS part
"""
_NOTICES = """
    INSERT INTO notices (id, kind, issue_id, unit_path, facts, correlation_id, traceparent, created_at)
    SELECT gen_random_uuid(), 'escalation', gen_random_uuid(),
        '83/' || (820 + n % 9) || '/' || lpad(CAST(n % 148 AS text), 5, '0') || '/',
        json_build_object('step', 1, 'issue', json_build_object('title', 'Việc thứ ' || n), 'vacancies', '[]'),
        n, '', now() - n * interval '4 years' / :count
    FROM generate_series(1, CAST(:count AS int)) AS n
"""
# Two thousand officials; of all mail, one in ten thousand is still to go.
_NOTIFICATIONS = """
    INSERT INTO notifications (id, notice_id, official_id, channel, full_name, reasons, created_at, state, due_at,
        sent_at, acknowledged_at)
    SELECT gen_random_uuid(), id, CAST(md5(CAST((number * 5 + who) % 2000 AS text)) AS uuid), channel,
        'Nguyễn Văn An', '[]', created_at, CASE WHEN waits THEN 'pending' ELSE 'sent' END,
        CASE WHEN waits THEN created_at END, CASE WHEN NOT waits THEN created_at END,
        CASE WHEN number % 7 > 0 THEN created_at END
    FROM (SELECT *, row_number() OVER () AS number FROM notices) AS notices, generate_series(1, :people) AS who,
        unnest(ARRAY['email', 'inapp']) AS channel,
        LATERAL (SELECT channel = 'email' AND number % 2000 = 0 AND who = 1 AS waits)
"""
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = :name
    AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def fill_visits(engine: Engine, count: int) -> None:
    """That many issues of Bến Tre, each with three lines on its timeline."""
    with engine.begin() as connection:
        with _indexed_afterwards(connection, "issues"):
            connection.execute(text(_ISSUES), {"count": count})
        connection.execute(text(_TIMELINE))
    _settle(engine)


def fill_notifications(engine: Engine, count: int) -> None:
    """That many notices, each told to five officials over two channels."""
    with engine.begin() as connection:
        with _indexed_afterwards(connection, "notices"):
            connection.execute(text(_NOTICES), {"count": count})
        with _indexed_afterwards(connection, "notifications"):
            connection.execute(text(_NOTIFICATIONS), {"people": PEOPLE})
    _settle(engine)


@contextmanager
def _indexed_afterwards(connection: Connection, table: str) -> Iterator[None]:
    """Without its indexes a table is filled many times faster."""
    indexes = connection.execute(text(_INDEXES), {"name": table}).all()
    for index in indexes:
        connection.execute(text(f'DROP INDEX "{index.indexname}"'))
    yield
    connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
    for index in indexes:
        connection.execute(text(index.indexdef))


def _settle(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
