"""What is past its time and finished is forgotten; nothing else is."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import text

from services.notifications.retention.actions import forget_old
from shared import clock
from tests.integration.notifications.conftest import Service
from tests.support import facts
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import bearer

V1 = "/api/notifications/v1"


def told(service: Service, acknowledged: bool) -> UUID:
    """An escalation two people were told of."""
    people = [facts.recipient(), facts.recipient()]
    notice = service.tell(*people)
    if acknowledged:
        with service.sessions.begin() as session:
            session.execute(
                text("UPDATE notifications SET acknowledged_at = now() WHERE notice_id = :n AND official_id = :o"),
                {"n": notice, "o": people[0]["official_id"]},
            )
    return notice


def left(service: Service) -> set[UUID]:
    """The notices there are."""
    return {row.id for row in service.rows("SELECT id FROM notices")}


def test_only_what_is_finished_is_forgotten_in_batches(service: Service, sink: SmtpSink) -> None:
    """After five years: an acknowledged escalation goes with its notifications and attempts; one that nobody has
    acknowledged stays, and so does a reminder whose mail is still to be sent. Before its time, nothing goes."""
    done = [told(service, True) for _ in range(5)]
    open_one = told(service, False)
    service.sender(sink.url).send_due(service.sessions)
    unsent = facts.reminded()
    service.deliver(unsent)
    before = left(service)
    with clock.frozen(clock.now() + timedelta(days=1824)):
        assert forget_old(service.sessions) == 0 and left(service) == before
    with clock.frozen(clock.now() + timedelta(days=1826)):
        assert forget_old(service.sessions, batch=2) == 5
    assert left(service) == before - set(done) and open_one in left(service)
    assert service.rows("SELECT count(*) FROM notifications")[0][0] == 4 + 2
    attempts = (
        "SELECT count(*), count(n.id) FROM delivery_attempts LEFT JOIN notifications n ON n.id = notification_id"
    )
    assert tuple(service.rows(attempts)[0]) == (2, 2)


def test_each_kind_has_a_time_of_its_own(service: Service, api: FlaskClient, sink: SmtpSink) -> None:
    """Reminders go after a year, or sooner if so decided, but never before a repeat of the event has died out."""
    person = facts.recipient()
    service.tell(person)
    service.deliver(facts.reminded(recipients=[{name: person[name] for name in ("official_id", "full_name")}]))
    service.sender(sink.url).send_due(service.sessions)
    headers = bearer() | {"If-Match": '"1"'}
    body: dict[str, Any] = {"keep_days": 100, "until_acknowledged": False, "source": "Quy chế lưu trữ"}
    assert (
        api.put(f"{V1}/retention-rules/reminder", json=body | {"keep_days": 89}, headers=headers).status_code == 422
    )
    assert api.put(f"{V1}/retention-rules/reminder", json=body, headers=headers).json["version"] == 2
    assert api.put(f"{V1}/retention-rules/rumour", json=body, headers=headers).status_code == 404
    with clock.frozen(clock.now() + timedelta(days=101)):
        assert forget_old(service.sessions) == 1
    assert [row.kind for row in service.rows("SELECT kind FROM notices")] == ["escalation"]
