"""`broadcast_escalation`: how much later come the mails of an escalation while a directive goes out?"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks import load
from benchmarks.bench import Bench
from benchmarks.commits import Commits
from benchmarks.figures import BROADCAST, NotMeasured, Run, percentile, summary
from benchmarks.issues import Target, escalations

ESCALATIONS = 150
WARM_UP = 5
PATIENCE = 60.0  # seconds, without any progress
_MS = 1000

DIRECTIVES = "/api/notifications/v1/directives"
POST = "bench_reader"

# Officials of the communes of Bến Tre who hold a post of their own, known to notifications as from assignments.
_READERS = text(
    """
    WITH communes AS (
        SELECT path, name, row_number() OVER (ORDER BY path) - 1 AS number, count(*) OVER () AS count FROM units
        WHERE path LIKE '83/%' AND level = 'commune' AND valid_to IS NULL),
    people AS (SELECT uuidv7() AS id, n FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n),
    known AS (
        INSERT INTO contacts (official_id, full_name, email, phone, language, active, version)
        SELECT id, 'Cán bộ ' || n, 'reader' || n || '@bentre.example', NULL, 'vi', true, 1 FROM people)
    INSERT INTO holders (assignment_id, official_id, full_name, folded, post, post_name_vi, post_name_en,
        attached_to, place_id, place_name, unit_path, legal_basis, valid_from, valid_to, version)
    SELECT uuidv7(), people.id, 'Cán bộ ' || n, 'can bo ' || n, :post, 'Cán bộ', 'Official', 'commune',
        uuidv7(), name, path, 'Quyết định 182', date '2020-01-01', NULL, 1
    FROM people JOIN communes ON communes.number = n % communes.count
    """
)
_THERE = text("SELECT count(*) FROM holders WHERE post = :post")
_LAST_MAIL = text(
    """
    SELECT notices.issue_id, max(tried.at) AS at, count(*) AS mails
    FROM notices JOIN notifications AS told ON told.notice_id = notices.id
        JOIN delivery_attempts AS tried ON tried.notification_id = told.id AND tried.outcome = 'sent'
    WHERE notices.issue_id = ANY(:issues) AND notices.kind = 'escalation' GROUP BY notices.issue_id
    """
)
_PROGRESS = text(
    """
    SELECT (SELECT told FROM broadcasts WHERE directive_id = :directive) AS told,
        (SELECT count(*) FROM notifications JOIN broadcasts ON broadcasts.id = notice_id
         WHERE directive_id = :directive AND channel = 'email' AND state = 'sent') AS sent
    """
)


@dataclass(frozen=True)
class _Progress:
    told: int
    sent: int


def measure(bench: Bench) -> dict[str, object]:
    """p99 in milliseconds from commit to last mail while a broadcast goes out, beside the same without one."""
    _readers(bench)
    return {BROADCAST.name: summary(BROADCAST, [_run(bench) for _ in range(bench.repeats)])}


def _run(bench: Bench) -> Run:
    targets = bench.issues.add(2 * ESCALATIONS + WARM_UP)
    _latencies(bench, targets[:WARM_UP])
    idle = _latencies(bench, targets[WARM_UP : WARM_UP + ESCALATIONS])
    bench.sink.forget()
    began = time.monotonic()
    directive = _issue(bench)
    sessions = bench.system.sessions("notifications")
    _wait(sessions, directive, lambda progress: progress.sent > 0)
    busy = _latencies(bench, targets[WARM_UP + ESCALATIONS :])
    after = _progress(sessions, directive)
    if after.sent >= bench.broadcast:
        raise NotMeasured(f"The broadcast to {bench.broadcast} was over before the escalations were: take more.")
    _wait(sessions, directive, lambda progress: progress.sent >= bench.broadcast)
    seconds = time.monotonic() - began
    if duplicates := bench.sink.duplicates():
        raise NotMeasured(f"{duplicates} mails were sent twice.")
    run = Run(percentile(busy, 0.99), percentile(idle, 0.99))
    bench.say(
        f"broadcast to {bench.broadcast} in {seconds:.0f} s ({bench.broadcast / seconds:.0f}/s); escalations "
        f"meanwhile: p50 {percentile(busy, 0.5):.1f} ms, p99 {run.value:.1f} ms; without: "
        f"p50 {percentile(idle, 0.5):.1f} ms, p99 {run.yardstick:.1f} ms"
    )
    return run


def _latencies(bench: Bench, targets: list[Target]) -> list[float]:
    """Milliseconds from the commit of each escalation to the acceptance of its last mail."""
    commits = Commits(bench.postgres, bench.system.sessions("visits"))
    socket = bench.system.socket("visits-api")
    for sent in list(escalations(targets, bench.issues.token())):
        time.sleep(random.uniform(0.08, 0.16))  # no rhythm may form with the ticks
        load.ask(socket, sent)
    issues = [target.id for target in targets]
    wanted = {target.id: target.mails for target in targets}
    deadline = time.monotonic() + PATIENCE
    while True:
        with bench.system.sessions("notifications")() as session:
            rows = session.execute(_LAST_MAIL, {"issues": issues}).all()
        if {row.issue_id: row.mails for row in rows} == wanted:
            break
        if time.monotonic() > deadline:
            raise NotMeasured(f"Of {len(wanted)} escalations only {len(rows)} were told of.")
        time.sleep(0.5)
    committed = commits.moments(issues)
    return [(row.at.timestamp() - committed[row.issue_id]) * _MS for row in rows]


def _readers(bench: Bench) -> None:
    """See that there are as many as the broadcast is for."""
    with bench.system.sessions("notifications").begin() as session:
        there = int(session.execute(_THERE, {"post": POST}).scalar_one())
        if there < bench.broadcast:
            bench.say(f"making {bench.broadcast} readers")
            session.execute(_READERS, {"first": there, "last": bench.broadcast - 1, "post": POST})
    with bench.system.sessions("notifications")() as session:
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        session.execute(text("ANALYZE contacts, holders"))


def _issue(bench: Bench) -> str:
    given = {
        "unit": "83",
        "issuer": "Văn phòng Tỉnh ủy",
        "title": "Triển khai phòng, chống hạn mặn",
        "body": "Đề nghị các đồng chí đọc và truyền đạt đến cơ sở trước ngày 20 tháng này. " * 5,
        "posts": [POST],
    }
    sent = load.request("POST", DIRECTIVES, token=bench.issues.token(), body=orjson.dumps(given))
    return str(orjson.loads(load.ask(bench.system.socket("notifications-api"), sent))["id"])


def _wait(sessions: sessionmaker[Session], directive: str, done: Callable[[_Progress], bool]) -> None:
    """Until the broadcast has come that far. Raises NotMeasured when it stands still."""
    last, deadline = _progress(sessions, directive), time.monotonic() + PATIENCE
    while not done(last):
        time.sleep(0.2 if last.sent == 0 else 1.0)
        now = _progress(sessions, directive)
        if now != last:
            last, deadline = now, time.monotonic() + PATIENCE
        if time.monotonic() > deadline:
            raise NotMeasured(f"The broadcast stands still: {last}.")


def _progress(sessions: sessionmaker[Session], directive: str) -> _Progress:
    with sessions() as session:
        row = session.execute(_PROGRESS, {"directive": directive}).one()
    return _Progress(row.told or 0, row.sent)
