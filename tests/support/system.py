"""The three services joined without Redis: every event is delivered, in batches, and by default twice."""

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from services.assignments import handlers as assignments
from services.notifications import handlers as notifications
from services.visits import handlers as visits
from shared.messaging import deadletters, outbox
from shared.messaging.consumer import Consumer

HANDLERS = {
    "assignments": assignments.HANDLERS,
    "visits": visits.HANDLERS,
    "notifications": notifications.HANDLERS,
}
AT_ONCE = {"assignments": assignments.AT_ONCE, "visits": None, "notifications": notifications.AT_ONCE}

_UNFINISHED = text(
    "SELECT CAST(body AS text) AS body, waiting_for FROM outbox WHERE waiting_for <> '{}' ORDER BY seq LIMIT 500"
)


class System:
    """The databases of the three services and what consumes their events."""

    def __init__(self, sessions: dict[str, sessionmaker[Session]]) -> None:
        self.sessions = sessions
        self._consumers = {name: Consumer(sessions[name], HANDLERS[name], AT_ONCE[name]) for name in sessions}

    def drain(self, *, deliveries: int = 2) -> None:
        """Deliver until the system is quiet, each event `deliveries` times before its receipt.
        Fails if anything became a dead letter."""
        while any([self._pump(name, deliveries) for name in self.sessions]):
            pass
        for name, sessions in self.sessions.items():
            with sessions() as session:
                assert deadletters.listing(session) == [], name

    def _pump(self, producer: str, deliveries: int) -> bool:
        with self.sessions[producer]() as session:
            rows = session.execute(_UNFINISHED).all()
        for subscriber in sorted({each for row in rows for each in row.waiting_for}):
            bodies = [row.body for row in rows if subscriber in row.waiting_for]
            for _ in range(deliveries):
                outcome = self._consumers[subscriber].handle(bodies)
            with self.sessions[producer].begin() as session:
                outbox.confirm(session, subscriber, outcome.receipts[producer])
        return bool(rows)

    def dispose(self) -> None:
        """Close the connections."""
        for consumer in self._consumers.values():
            consumer.close()
        for sessions in self.sessions.values():
            bind = sessions.kw["bind"]
            assert isinstance(bind, Engine)
            bind.dispose()
