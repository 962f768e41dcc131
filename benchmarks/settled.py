"""What must be true after a measurement: everything was written, finished and done once."""

import time
from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.figures import NotMeasured
from benchmarks.sink import Sink
from benchmarks.system import System

SERVICES = ("assignments", "visits", "notifications")

_UNFINISHED = text("SELECT count(*) FROM outbox WHERE waiting_for <> '{}'")
_DEAD = text("SELECT count(*) FROM dead_letters")
_WHY_DEAD = text("SELECT error FROM dead_letters ORDER BY failed_at LIMIT 1")
_NOT_SENT = text("SELECT count(*) FROM notifications WHERE state <> 'sent'")
_MAILS = text("SELECT count(*) FROM notifications WHERE channel = 'email'")
_ACCEPTED = text("SELECT count(*) FROM delivery_attempts WHERE outcome = 'sent'")
_TOLD = text("SELECT count(*) FROM escalation_recipients")


class Books:
    """Compares what was done since it was opened with what was expected."""

    def __init__(self, system: System, sink: Sink) -> None:
        self._system, self._sink = system, sink
        self._before = self._counts()

    def close(self, mails: int, *, seconds: float = 30.0) -> float:
        """Wait until all is written; returns the seconds that took. Raises NotMeasured saying what is amiss."""
        began = time.monotonic()
        wanted = {"mails": mails, "accepted": mails, "told": mails, "not sent": 0, "unfinished": 0, "dead": 0}
        while (found := self._since()) != wanted:
            if found["dead"]:
                raise NotMeasured(f"There are {found['dead']} dead letters: {self._last_words()}")
            if time.monotonic() - began > seconds:
                raise NotMeasured(f"Not everything was done: expected {wanted}, found {found}.")
            time.sleep(0.05)
        took = time.monotonic() - began
        if duplicates := self._sink.duplicates():
            raise NotMeasured(f"{duplicates} mails were sent twice.")
        if restarts := self._system.restarts():
            raise NotMeasured(f"Roles died and were started again: {restarts}.")
        return took

    def _last_words(self) -> str:
        """Why the first event of each service that has dead letters could not be handled."""
        errors = {}
        for service in SERVICES:
            with self._system.sessions(service)() as session:
                errors[service] = session.execute(_WHY_DEAD).scalar()
        return "; ".join(f"{service}: {error[:1000]}" for service, error in errors.items() if error)

    def _since(self) -> dict[str, int]:
        now = self._counts()
        return {name: now[name] - self._before[name] for name in now} | {
            name: now[name] for name in ("not sent", "unfinished", "dead")
        }

    def _counts(self) -> Mapping[str, int]:
        sessions = {service: self._system.sessions(service) for service in SERVICES}
        return {
            "mails": _one(sessions["notifications"], _MAILS),
            "accepted": _one(sessions["notifications"], _ACCEPTED),
            "told": _one(sessions["visits"], _TOLD),
            "not sent": _one(sessions["notifications"], _NOT_SENT),
            "unfinished": sum(_one(each, _UNFINISHED) for each in sessions.values()),
            "dead": sum(_one(each, _DEAD) for each in sessions.values()),
        }


def _one(sessions: sessionmaker[Session], question: object) -> int:
    with sessions() as session:
        return int(session.execute(question).scalar_one())  # type: ignore[call-overload]
