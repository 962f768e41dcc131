"""Webhooks: signed as Standard Webhooks says, tried again, never into our own networks; and their API."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from services.notifications.deliveries.sender import Sender
from services.notifications.settings import networks
from services.notifications.worker import make_callers
from shared import clock
from tests.integration.notifications.conftest import Service
from tests.support import facts, tokens
from tests.support.http_sink import HttpSink, Received, Reply

V1 = "/api/notifications/v1"


@pytest.fixture
def receiver() -> Iterator[HttpSink]:
    """Whoever receives."""
    with HttpSink() as sink:
        yield sink


@pytest.fixture
def sender(service: Service) -> Iterator[Callable[..., Sender]]:
    """Makes the sender of webhooks, which may post to this machine unless told otherwise."""
    made = []

    def make(allowed: str = "127.0.0.0/8", timeout: float = 10.0) -> Sender:
        changed = replace(service.settings, webhook_networks=networks(allowed), http_timeout=timeout)
        made.extend(make_callers(changed))
        return made[-1]

    yield make
    for each in made:
        each.close()


def call(api: FlaskClient, method: str, path: str, **kwargs: Any) -> Any:
    """A request with all scopes."""
    headers = tokens.bearer() | kwargs.pop("headers", {})
    return api.open(f"{V1}{path}", method=method, headers=headers, **kwargs)


def endpoint(api: FlaskClient, url: str, official: Any = None) -> dict[str, Any]:
    """A new endpoint with its secret."""
    answer = call(api, "POST", "/webhooks", json={"official": official and str(official), "url": url})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


def tell(service: Service, *people: dict[str, Any]) -> None:
    """People are told over a webhook."""
    service.tell(*people)
    with service.sessions.begin() as session:
        session.execute(text("UPDATE notifications SET channel = 'webhook' WHERE channel = 'email'"))


def finish(service: Service, sender: Sender) -> None:
    """Send what is due, until nothing is under way."""
    sender.send_due(service.sessions)
    sender.finish(service.sessions)


def states(service: Service) -> list[tuple[str, str | None]]:
    """State and last error of each."""
    found = service.rows("SELECT state, last_error FROM notifications WHERE channel = 'webhook' ORDER BY id")
    return [tuple(each) for each in found]


def test_a_receiver_verifies_what_it_gets(
    service: Service, api: FlaskClient, receiver: HttpSink, sender: Callable[..., Sender]
) -> None:
    """With the secret shown once the receiver's own library accepts the message; altered, stale or with another
    secret it does not. A new secret signs beside the old one for a day."""
    person = facts.recipient()
    everybody = endpoint(api, f"{receiver.url}/all")
    own = endpoint(api, f"{receiver.url}/own", person["official_id"])
    tell(service, person, facts.recipient())
    finish(service, sender())
    assert states(service) == [("sent", None)] * 2
    by_path = {each.path: each for each in receiver.received}
    request = by_path["/own"]
    data = Webhook(own["secret"]).verify(request.body, request.headers)
    assert data["data"]["official_id"] == str(person["official_id"]) and data["type"] == "notification.escalation"
    assert Webhook(everybody["secret"]).verify(by_path["/all"].body, by_path["/all"].headers)
    for body, headers, secret in (
        (request.body + b" ", request.headers, own["secret"]),
        (request.body, request.headers | {"webhook-timestamp": "1700000000"}, own["secret"]),
        (request.body, request.headers | {"webhook-id": "other"}, own["secret"]),
        (request.body, request.headers, everybody["secret"]),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)
    fresh = call(api, "POST", f"/webhooks/{own['id']}/secret").json
    tell(service, person)
    finish(service, sender())
    request = receiver.received[-1]
    for secret in (own["secret"], fresh["secret"]):
        assert Webhook(secret).verify(request.body, request.headers)


def test_a_repeat_has_the_same_id_and_a_new_time(
    service: Service, api: FlaskClient, receiver: HttpSink, sender: Callable[..., Sender]
) -> None:
    """A failure asks to wait for ten minutes: not tried before, then again under the same webhook-id."""
    endpoint(api, receiver.url)
    receiver.answer = lambda request: Reply(503, "later", {"Retry-After": "600"})
    tell(service, facts.recipient())
    sending = sender()
    finish(service, sending)
    assert states(service) == [("pending", "503 later")]
    (due,) = service.rows("SELECT due_at FROM notifications WHERE channel = 'webhook'")
    assert timedelta(seconds=590) < due.due_at - clock.now() < timedelta(seconds=610)
    receiver.answer = lambda request: Reply()
    finish(service, sending)
    assert len(receiver.received) == 1
    with clock.frozen(clock.now() + timedelta(seconds=700)):
        finish(service, sender())
    first, second = receiver.received
    assert states(service) == [("sent", "503 later")]
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) >= 690


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_anything_but_2xx_is_a_failure(
    service: Service, api: FlaskClient, receiver: HttpSink, sender: Callable[..., Sender], status: int
) -> None:
    """A redirection is not followed; the message is tried again later."""
    endpoint(api, receiver.url)
    receiver.answer = lambda request: Reply(status, "", {"Location": f"{receiver.url}/elsewhere"})
    tell(service, facts.recipient())
    finish(service, sender())
    assert [state for state, _ in states(service)] == ["pending"]
    assert [each.path for each in receiver.received] == ["/"]


def test_gone_is_the_end_of_an_endpoint(
    service: Service, api: FlaskClient, receiver: HttpSink, sender: Callable[..., Sender]
) -> None:
    """410 fails the message aloud and switches the endpoint off."""
    made = endpoint(api, receiver.url)
    receiver.answer = lambda request: Reply(410)
    tell(service, facts.recipient())
    sending = sender()
    finish(service, sending)
    assert [state for state, _ in states(service)] == ["failed"]
    sending.send_due(service.sessions)
    shown = call(api, "GET", f"/webhooks/{made['id']}").json
    assert (shown["active"], shown["inactive_reason"]) == (False, "the receiver answered 410 Gone")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433"])
def test_our_own_networks_are_not_called(
    service: Service, api: FlaskClient, receiver: HttpSink, sender: Callable[..., Sender], host: str
) -> None:
    """However the address is written, nothing arrives and the row says why."""
    endpoint(api, f"http://{host}:{receiver.port}/")
    tell(service, facts.recipient())
    finish(service, sender(allowed="10.0.0.0/8"))
    ((state, error),) = states(service)
    assert state == "failed" and error is not None and "may not be called" in error and receiver.received == []


def test_a_dead_endpoint_holds_up_no_other(
    service: Service, api: FlaskClient, receiver: HttpSink, sender: Callable[..., Sender]
) -> None:
    """Of fifty messages to a broken endpoint a few are tried, the rest put off; the others arrive."""
    broken, fine = facts.recipient("Hỏng"), facts.recipient("Tốt")
    endpoint(api, f"{receiver.url}/broken", broken["official_id"])
    endpoint(api, f"{receiver.url}/fine", fine["official_id"])

    def answer(request: Received) -> Reply:
        return Reply(500) if request.path == "/broken" else Reply()

    receiver.answer = answer
    for number in range(50):
        service.tell(broken, number=number)
    tell(service, fine)
    finish(service, sender())
    paths = [each.path for each in receiver.received]
    assert paths.count("/fine") == 1 and 1 <= paths.count("/broken") <= 4
    assert sorted({state for state, _ in states(service)}) == ["pending", "sent"]


def test_an_endpoint_is_changed_paused_and_removed(service: Service, api: FlaskClient) -> None:
    """With If-Match; the secret is never shown again; a second one for the same is refused."""
    made = endpoint(api, "https://a.example/x")
    again = call(api, "POST", "/webhooks", json={"official": None, "url": "https://b.example"})
    assert again.status_code == 409
    path = f"/webhooks/{made['id']}"
    shown = call(api, "GET", path)
    assert "secret" not in shown.json and made["secret"] not in json.dumps(call(api, "GET", "/webhooks").json)
    body = {"url": "https://c.example/", "active": False}
    assert call(api, "PUT", path, json=body).status_code == 428
    assert call(api, "PUT", path, json=body, headers={"If-Match": '"9"'}).status_code == 412
    changed = call(api, "PUT", path, json=body, headers={"If-Match": shown.headers["ETag"]})
    assert (changed.status_code, changed.json["url"], changed.json["active"]) == (200, "https://c.example/", False)
    etag = {"If-Match": changed.headers["ETag"]}
    assert call(api, "DELETE", path, headers=etag).status_code == 204
    assert call(api, "GET", path).status_code == 404


@pytest.mark.parametrize(
    "url", ["ftp://a.example", "https://", "a.example", "https://u:p@a.example", "https://a b/"]
)
def test_a_wrong_address_is_refused(api: FlaskClient, url: str) -> None:
    """422 names the field."""
    answer = call(api, "POST", "/webhooks", json={"official": None, "url": url})
    assert answer.status_code == 422 and list(answer.json["errors"]) == ["url"]
