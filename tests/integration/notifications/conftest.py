"""A notifications service over a fresh database: facts go in, a sender and an API work on them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, Row, text
from sqlalchemy.orm import Session, sessionmaker

from services.notifications.app import create_app
from services.notifications.deliveries.provider import smtp_urls
from services.notifications.deliveries.sender import Sender
from services.notifications.handlers import HANDLERS
from services.notifications.settings import Settings
from services.notifications.worker import make_sender
from shared.messaging.events import NewEvent, read, write
from tests.support import facts
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import PUBLIC_URL, trust


class Service:
    """The service without its transport."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings) -> None:
        self.sessions = sessions
        self.settings = settings
        self._senders: list[Sender] = []

    def deliver(self, *news: NewEvent, times: int = 1) -> None:
        """Give facts of one type to their handler as one batch, each time in a transaction of its own."""
        events = [read(write(new.type.split(".")[2], new, None)[1]) for new in news]
        for _ in range(times):
            with self.sessions.begin() as session:
                HANDLERS[events[0].type](session, events)

    def tell(self, *people: dict[str, Any], number: int = 1, known: bool = True, **changes: Any) -> UUID:
        """Route one escalation to people, whose contacts are known unless told otherwise; returns its id."""
        if known:
            contacts = [{"official_id": p["official_id"], "full_name": p["full_name"]} for p in people]
            self.deliver(*(facts.official_changed(email=address(c["official_id"]), **c) for c in contacts))
        new = facts.routed(number, recipients=list(people), **changes)
        self.deliver(new)
        escalation_id: UUID = new.data["escalation_id"]
        return escalation_id

    def sender(self, url: str, timeout: float = 10.0) -> Sender:
        """A sender of this service over the provider at a URL."""
        self._senders.append(make_sender(replace(self.settings, smtp=smtp_urls(url), smtp_timeout=timeout)))
        return self._senders[-1]

    def close(self) -> None:
        """Close what was opened."""
        for sender in self._senders:
            sender.close()

    def rows(self, sql: str, **values: Any) -> list[Row[Any]]:
        """What a query finds."""
        with self.sessions() as session:
            return list(session.execute(text(sql), values).all())

    def emails(self) -> list[Row[Any]]:
        """The e-mail notifications, oldest first."""
        return self.rows("SELECT * FROM notifications WHERE channel = 'email' ORDER BY created_at, id")

    def events(self, event_type: str) -> list[dict[str, Any]]:
        """The recorded events of a type."""
        rows = self.rows("SELECT body FROM outbox WHERE type = :type ORDER BY seq", type=event_type)
        return [row.body for row in rows]


def address(official_id: Any) -> str:
    """The address the tests give an official."""
    return f"o{UUID(str(official_id)).hex}@bentre.example"


@pytest.fixture
def service(notifications_db: sessionmaker[Session]) -> Iterator[Service]:
    """The service over a fresh database."""
    engine = notifications_db.kw["bind"]
    assert isinstance(engine, Engine)
    settings = Settings.from_env(
        {
            "CAUNOI_NOTIFICATIONS_DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "CAUNOI_REDIS_URL": "redis://127.0.0.1:1/0",
            "CAUNOI_PUBLIC_URL": PUBLIC_URL,
            "CAUNOI_SECRET_KEY": "k" * 40,
            "CAUNOI_SMTP_URL": "smtp://127.0.0.1:1",
        }
    )
    made = Service(notifications_db, settings)
    yield made
    made.close()


@pytest.fixture(scope="module")
def _sink() -> Iterator[SmtpSink]:
    with SmtpSink("--keep") as sink:
        yield sink


@pytest.fixture
def sink(_sink: SmtpSink) -> Iterator[SmtpSink]:
    """An SMTP server that accepts everything until told otherwise."""
    _sink.listen()
    _sink.clear()
    yield _sink
    _sink.listen()
    _sink.clear()


@pytest.fixture
def api(service: Service) -> Iterator[FlaskClient]:
    """A client of the service's API, which trusts the tests' tokens."""
    app = create_app(service.settings)
    trust(service.sessions)
    yield app.test_client()
    app.sessions.kw["bind"].dispose()


@pytest.fixture
def person() -> Callable[..., dict[str, Any]]:
    """Makes recipients."""
    return facts.recipient
