"""Working imports off: one after the other, each applied in one transaction, its progress told in others.

Whoever works one off holds a lease and says again and again that they do. Should they be killed, the lease runs
out, nothing of the import stands, and it is begun again; after a few times it has failed. Who was only slow finds
at the end that the lease is another's, and writes nothing.
"""

import time
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.audit.actor import name_actor
from services.assignments.audit.rules import actor_of
from services.assignments.bulk import queries
from services.assignments.bulk.actions import conclude, drop_content
from services.assignments.bulk.applying import take_in
from services.assignments.bulk.catalogue import KINDS
from services.assignments.bulk.model import Import
from services.assignments.bulk.rules import ATTEMPTS, LEASE, State
from shared import clock, logs
from shared.messaging.clockwork import clock_role
from shared.messaging.loop import beat
from shared.web.auth import Principal

log = logs.get_logger()

SAID_EVERY = 0.5  # seconds between two words on the progress
_AT_ONCE = 10  # the clock has other duties
_CLAIM_LOCK = 0x0CA00051
_SCOPES = frozenset({"assignments:read", "assignments:write"})


class LeaseLost(Exception):
    """Another one works this import off by now."""


def work_off_imports(sessions: sessionmaker[Session]) -> None:
    """Work off what waits."""
    for _ in range(_AT_ONCE):
        claimed = claim(sessions)
        if claimed is None:
            return
        work_off(sessions, *claimed)


def claim(sessions: sessionmaker[Session]) -> tuple[UUID, UUID] | None:
    """Take the oldest import that waits, or that was begun and left: its id and the lease."""
    with sessions.begin() as session:
        session.execute(select(func.pg_advisory_xact_lock(_CLAIM_LOCK)))
        asked = queries.next_open(session)
        if asked is None:
            return None
        if asked.attempts >= ATTEMPTS:  # its workers died, each of them
            asked.finish(State.FAILED)
            drop_content(session, asked)
            log.error("import_failed", import_id=str(asked.id))
            return None
        return asked.id, asked.begin()


def work_off(sessions: sessionmaker[Session], import_id: UUID, lease: UUID) -> None:
    """Work off one import under a lease."""
    try:
        with sessions() as session:
            asked = session.get_one(Import, import_id)
            data = queries.content(session, import_id)
            who, kind, dry_run = principal_of(asked), KINDS[asked.kind], asked.dry_run
            session.rollback()
            name_actor(session, actor_of(who, asked.address or "", asked.agent or "", asked.correlation_id or ""))
            report = take_in(session, who, kind, data, dry_run, Steps(sessions, import_id, lease))
            mine = queries.leased(session, import_id, lease)
            if mine is None:
                raise LeaseLost()
            conclude(session, mine, report)
            session.commit()
        log.info("import_worked_off", import_id=str(import_id), rows=report.rows, faults=len(report.faults))
    except LeaseLost:
        log.warning("import_lease_lost", import_id=str(import_id))
    except Exception as error:
        log.exception("import_broke_off", import_id=str(import_id), error=repr(error))
        with sessions.begin() as session:
            mine = queries.leased(session, import_id, lease)
            if mine is not None:
                mine.break_off()
                if mine.state == State.FAILED:
                    drop_content(session, mine)


class Steps:
    """Tells how far an import has come, in transactions of its own; so the lease and the clock's sign of life are
    renewed. Raises LeaseLost."""

    def __init__(self, sessions: sessionmaker[Session], import_id: UUID, lease: UUID) -> None:
        self._sessions, self._id, self._lease = sessions, import_id, lease
        self._said, self._phase = 0.0, ""

    def __call__(self, phase: str, done: int, total: int) -> None:
        """See Progress."""
        if phase == self._phase and time.monotonic() - self._said < SAID_EVERY:
            return
        self._said, self._phase = time.monotonic(), phase
        values = {
            "phase": phase,
            "rows_done": done,
            "rows_total": total or None,
            "leased_until": clock.now() + LEASE,
        }
        mine = update(Import).where(Import.id == self._id, Import.lease == self._lease).values(values)
        with self._sessions.begin() as session:
            told = session.scalars(mine.returning(Import.id)).one_or_none()
            beat(session, clock_role("assignments"))
        if told is None:
            raise LeaseLost()


def principal_of(asked: Import) -> Principal:
    """Whoever asked, with no more than they had."""
    return Principal(asked.requested_by, _SCOPES, tuple(asked.territories), asked.official_id)


def forget_imports(sessions: sessionmaker[Session]) -> None:
    """Drop imports of long ago, whose faults may name people."""
    with sessions.begin() as session:
        session.execute(delete(Import).where(queries.outdated()))
