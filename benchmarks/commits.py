"""When exactly transactions were committed, as PostgreSQL's write-ahead log has it.

Nothing else tells without changing how the database runs: `now()` is a transaction's start, and the client's clock
sees the commit only when the answer has come back.
"""

import re
import subprocess
from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.figures import NotMeasured
from caunoi.embedded.postgres import Postgres, binaries

_POSITION = text("SELECT pg_current_wal_flush_lsn()")
# A line of the timeline is written with its escalation and never changed, so `xmin` is that transaction.
_TRANSACTIONS = text(
    "SELECT issue_id, CAST(CAST(xmin AS text) AS bigint) AS xid FROM timeline "
    "WHERE kind = 'escalated' AND issue_id = ANY(:issues)"
)
_COMMIT = re.compile(r"tx: +(\d+),.* desc: COMMIT (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC")


class Commits:
    """The commits of escalations from now on."""

    def __init__(self, postgres: Postgres, visits: sessionmaker[Session]) -> None:
        self._postgres, self._visits = postgres, visits
        self._start = self._position()

    def moments(self, issues: Collection[UUID]) -> dict[UUID, float]:
        """By issue, the moment (Unix time) its escalation's commit record was made, right before it was flushed."""
        logged = self._logged()
        with self._visits() as session:
            rows = session.execute(_TRANSACTIONS, {"issues": list(issues)}).all()
        found = {row.issue_id: logged[row.xid] for row in rows if row.xid in logged}
        if found.keys() != set(issues):
            raise NotMeasured(f"Of {len(issues)} escalations the log shows {len(found)} commits.")
        return found

    def _logged(self) -> dict[int, float]:
        """All commits since the start: transaction to Unix time."""
        options = ["--path", str(self._postgres.data / "pg_wal"), "--rmgr", "Transaction"]
        done = subprocess.run(
            [str(binaries() / "pg_waldump"), *options, "--start", self._start, "--end", self._position()],
            capture_output=True,
            text=True,
            check=False,
            env={"TZ": "UTC", "LC_ALL": "C"},
        )
        if done.returncode:
            raise NotMeasured(f"The write-ahead log cannot be read: {done.stderr.strip()}")
        return read(done.stdout)

    def _position(self) -> str:
        with self._visits() as session:
            return str(session.execute(_POSITION).scalar_one())


def read(log: str) -> dict[int, float]:
    """The commits in the output of pg_waldump: transaction to Unix time."""
    return {int(xid): _unix(moment) for xid, moment in _COMMIT.findall(log)}


def _unix(moment: str) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
