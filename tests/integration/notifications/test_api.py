"""The HTTP interface: inbox, deliveries, acknowledgements, figures."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from prometheus_client.parser import text_string_to_metric_families

from services.notifications.acknowledgements.actions import acknowledge
from services.notifications.acknowledgements.tokens import VALID_FOR, Tokens
from shared import clock
from shared.contracts.notifications import NOTIFICATION_ACKNOWLEDGED
from shared.ids import uuid7
from tests.integration.notifications.conftest import Service, address
from tests.support import facts
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import bearer

V1 = "/api/notifications/v1"
Call = Callable[..., Any]


@pytest.fixture
def call(api: FlaskClient) -> Call:
    """A request with a token of all scopes, everywhere unless told otherwise."""

    def call(method: str, path: str, territories: tuple[str, ...] = ("",), **kwargs: Any) -> Any:
        return api.open(V1 + path, method=method, headers=bearer(territories=territories), **kwargs)

    return call


def ids(service: Service, channel: str = "email") -> list[UUID]:
    """The notifications of a channel, oldest first."""
    return [
        row.id for row in service.rows("SELECT id FROM notifications WHERE channel = :c ORDER BY id", c=channel)
    ]


def link(service: Service, notification_id: UUID) -> str:
    """The path behind the link of a mail."""
    return f"/acknowledgements/{Tokens(service.settings.secret_key).issue(notification_id)}"


def test_an_inbox_is_read_page_by_page_newest_first(service: Service, call: Call) -> None:
    """Five notifications in pages of two: each once, in order, and nobody else's."""
    me, other = facts.recipient("Nguyễn Văn An"), facts.recipient()
    for number in range(5):
        service.tell(me, other, number=number)
    codes, cursor = [], None
    while True:
        query = f"/inbox?official={me['official_id']}&limit=2" + (f"&cursor={cursor}" if cursor else "")
        page = call("GET", query).json
        codes += [each["issue"]["code"][-1] for each in page["items"]]
        assert all(each["full_name"] == "Nguyễn Văn An" and each["channel"] == "inapp" for each in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert codes == ["4", "3", "2", "1", "0"]


def test_the_inbox_says_why_and_of_what(service: Service, call: Call) -> None:
    """An item has the issue as it was, and the reasons of this person."""
    me = facts.recipient(reasons=[facts.reason("district_overseer", standing_in_for="Võ Văn Kiệm")])
    service.tell(me)
    (item,) = call("GET", f"/inbox?official={me['official_id']}").json["items"]
    assert item["reasons"] == me["reasons"] and item["issue"]["title"] == "Cống ngăn mặn bị hỏng"
    assert (item["state"], item["acknowledged_at"], item["step"]) == ("sent", None, 1)
    assert "description" not in item["issue"]


def test_only_what_is_not_acknowledged(service: Service, call: Call) -> None:
    """unacknowledged=true leaves out what is done; false and nothing show all."""
    me = facts.recipient()
    for number in range(3):
        service.tell(me, number=number)
    call("POST", f"/notifications/{ids(service, 'inapp')[1]}/acknowledgement")
    base = f"/inbox?official={me['official_id']}"
    counts = [
        len(call("GET", base + more).json["items"])
        for more in ("", "&unacknowledged=false", "&unacknowledged=true")
    ]
    assert counts == [3, 3, 2]


def test_failures_are_listed_with_their_reason(service: Service, call: Call, sink: SmtpSink) -> None:
    """state=failed shows who could not be reached and why; pending and sent show the others."""
    good, bad, waiting = facts.recipient("Tốt"), facts.recipient("Hỏng"), facts.recipient("Chờ")
    service.tell(good, bad)
    service.tell(waiting, known=False)
    sink.rules({"stage": "rcpt", "answer": "550 5.1.1 no such user", "match": address(bad["official_id"])})
    service.sender(sink.url).send_due(service.sessions)

    def names(query: str) -> list[str]:
        return [each["full_name"] for each in call("GET", f"/notifications?{query}").json["items"]]

    assert names("state=failed") == ["Hỏng"] and names("state=pending") == ["Chờ"]
    assert names("state=sent&channel=email") == ["Tốt"] and len(names("")) == 6
    (failed,) = call("GET", "/notifications?state=failed").json["items"]
    assert failed["last_error"] == "RCPT: 550 5.1.1 no such user" and failed["due_at"] is None
    (pending,) = call("GET", "/notifications?state=pending").json["items"]
    assert pending["waiting"] == "no_contact"


def test_a_notification_shows_every_attempt(service: Service, call: Call, sink: SmtpSink) -> None:
    """The detail has the whole notice and each try with the server's answer, oldest first."""
    escalation_id = service.tell(facts.recipient())
    sink.rules({"stage": "rcpt", "answer": "450 4.2.1 busy", "times": 1})
    sender = service.sender(sink.url)
    sender.send_due(service.sessions)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        sender.send_due(service.sessions)
    detail = call("GET", f"/notifications/{ids(service)[0]}").json
    tries = [(each["outcome"], each["code"], each["answer"]) for each in detail["delivery_attempts"]]
    assert tries == [("temporary", 450, "RCPT: 450 4.2.1 busy"), ("sent", 250, "accepted")]
    assert detail["attempts"] == 2 and detail["state"] == "sent" and detail["issue"]["description"]
    assert detail["vacancies"][0]["place"] == "Tiểu vùng 1"
    people = call("GET", f"/notifications?escalation={escalation_id}").json["items"]
    assert {each["channel"] for each in people} == {"email", "inapp"}


def test_a_territory_sees_its_own(service: Service, call: Call) -> None:
    """Outside the territory nothing is listed, read or acknowledged."""
    me = facts.recipient()
    service.tell(me)
    (one,) = ids(service)
    for territories, found in ((("83/829/",), 1), (("86/",), 0), (("83/829/2878",), 1), ((), 0), (("83/82%/",), 0)):
        seen = call("GET", f"/inbox?official={me['official_id']}", territories).json["items"]
        listed = call("GET", "/notifications?channel=inapp", territories).json["items"]
        status = call("GET", f"/notifications/{one}", territories).status_code
        assert (len(seen), len(listed), status) == (found, found, 200 if found else 404)
    assert call("POST", f"/notifications/{one}/acknowledgement", ("86/",)).status_code == 404
    assert service.events(NOTIFICATION_ACKNOWLEDGED) == []


def test_reading_scope_does_not_acknowledge(service: Service, api: FlaskClient) -> None:
    """notifications:read reads; writing needs its own scope; without a token there is nothing."""
    service.tell(facts.recipient())
    path = f"{V1}/notifications/{ids(service)[0]}/acknowledgement"
    assert api.post(path, headers=bearer(["notifications:read"])).status_code == 403
    assert api.post(path).status_code == 401
    assert api.get(f"{V1}/notifications", headers=bearer(["notifications:write"])).status_code == 403


def test_acknowledging_one_channel_acknowledges_the_person(service: Service, call: Call) -> None:
    """The other channel's row of the same escalation is done as well, with one event; other people and other
    escalations are not."""
    me, other = facts.recipient(), facts.recipient()
    escalation_id = service.tell(me, other)
    service.tell(me, number=2)
    mine = service.rows(
        "SELECT id FROM notifications WHERE notice_id = :e AND official_id = :o AND channel = 'email'",
        e=escalation_id,
        o=me["official_id"],
    )[0].id
    answer = call("POST", f"/notifications/{mine}/acknowledgement")
    done = service.rows("SELECT * FROM notifications WHERE acknowledged_at IS NOT NULL ORDER BY channel")
    assert answer.status_code == 200 and [row.channel for row in done] == ["email", "inapp"]
    assert {(row.notice_id, row.official_id) for row in done} == {(escalation_id, me["official_id"])}
    assert {row.acknowledged_by for row in done} == {"client:tester"}
    (event,) = service.events(NOTIFICATION_ACKNOWLEDGED)
    assert event["data"]["notification_id"] == str(mine) and event["data"]["channel"] == "email"
    assert event["data"]["official_id"] == str(me["official_id"])
    assert event["correlationid"] == answer.headers["X-Request-ID"]


def test_a_link_shows_and_acknowledges(service: Service, api: FlaskClient) -> None:
    """GET any number of times changes nothing; POST records it; a second POST answers the same."""
    service.tell(facts.recipient("Nguyễn Văn An"))
    path = V1 + link(service, ids(service)[0])
    for _ in range(3):
        shown = api.get(path)
        assert shown.status_code == 200 and shown.json["acknowledged_at"] is None
    assert shown.json["full_name"] == "Nguyễn Văn An" and shown.json["language"] == "vi"
    assert service.events(NOTIFICATION_ACKNOWLEDGED) == []
    first, second = api.post(path), api.post(path)
    assert first.status_code == second.status_code == 200 and first.json == second.json
    assert api.get(path).json == first.json and first.json["acknowledged_at"]
    assert len(service.events(NOTIFICATION_ACKNOWLEDGED)) == 1
    assert service.emails()[0].acknowledged_by == "link"


def test_bad_and_old_links_are_problems(service: Service, api: FlaskClient) -> None:
    """404 for what is no link of ours or names nothing, 410 after thirty days; nothing is recorded."""
    service.tell(facts.recipient())
    good = link(service, ids(service)[0])
    with clock.frozen(clock.now() - VALID_FOR - timedelta(hours=1)):
        old = link(service, ids(service)[0])
    for method in ("GET", "POST"):
        for path, status in ((good[:-3], 404), (link(service, uuid7()), 404), (old, 410)):
            answer = api.open(V1 + path, method=method)
            assert answer.status_code == status and answer.mimetype == "application/problem+json"
    assert service.events(NOTIFICATION_ACKNOWLEDGED) == []


def test_a_link_is_not_tried_for_ever(service: Service, api: FlaskClient) -> None:
    """More than 120 requests a minute for one link are refused with Retry-After; another link still works."""
    service.tell(facts.recipient())
    path = V1 + link(service, ids(service)[0])
    statuses = [api.get(path).status_code for _ in range(130)]
    answer = api.get(path)
    assert 429 in statuses and answer.status_code == 429 and answer.mimetype == "application/problem+json"
    assert int(answer.headers["Retry-After"]) <= 60
    assert api.get(V1 + "/acknowledgements/other").status_code == 404


def test_two_who_acknowledge_at_once_make_one_event(service: Service) -> None:
    """By link and in the inbox in the same moment: both succeed, it is told once, nobody deadlocks."""
    service.tell(facts.recipient())
    faults: list[BaseException] = []
    for _ in range(5):
        both = [ids(service)[0], ids(service, "inapp")[0]]
        barrier = Barrier(2)

        def press(notification_id: UUID, barrier: Barrier = barrier) -> None:
            try:
                with service.sessions.begin() as session:
                    barrier.wait()
                    acknowledge(session, notification_id, "link")
            except BaseException as fault:
                faults.append(fault)

        threads = [Thread(target=press, args=(each,)) for each in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == [] and len(service.events(NOTIFICATION_ACKNOWLEDGED)) == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("/inbox", "official"),
        ("/inbox?official=7", "official"),
        ("/inbox?official=%00", None),
        ("/inbox?official=0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a&unacknowledged=perhaps", "unacknowledged"),
        ("/inbox?official=0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a&limit=0", "limit"),
        ("/inbox?official=0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a&limit=201", "limit"),
        ("/inbox?official=0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a&cursor=x", "cursor"),
        ("/inbox?official=0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a&colour=red", "colour"),
        ("/notifications?state=lost", "state"),
        ("/notifications?channel=pigeon", "channel"),
        ("/notifications?escalation=1", "escalation"),
        ("/notifications/0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a?x=1", "x"),
    ],
)
def test_bad_input_names_the_field(call: Call, query: str, field: str | None) -> None:
    """Wrong type, wrong value, unknown argument: a problem that says which."""
    answer = call("GET", query)
    assert answer.status_code in (400, 422) and answer.mimetype == "application/problem+json"
    if field:
        assert list(answer.json["errors"]) == [field]


def test_the_figures_come_from_the_rows(service: Service, call: Call, sink: SmtpSink) -> None:
    """Deliveries by channel and outcome, lateness, and what is still due."""
    told = [facts.recipient() for _ in range(4)]
    with clock.frozen(clock.now() - timedelta(seconds=90)):
        service.tell(*told)
        service.tell(facts.recipient(), known=False)
    rule = {"stage": "rcpt", "answer": "450 busy", "match": address(told[0]["official_id"])}
    sink.rules(rule, {"stage": "rcpt", "answer": "550 no", "match": address(told[1]["official_id"])})
    service.sender(sink.url).send_due(service.sessions)
    families = {f.name: f for f in text_string_to_metric_families(call("GET", "/metrics").text)}
    deliveries = {
        (s.labels["channel"], s.labels["outcome"]): s.value for s in families["caunoi_deliveries"].samples
    }
    assert deliveries == {
        ("inapp", "sent"): 5,
        ("email", "sent"): 2,
        ("email", "temporary"): 1,
        ("email", "permanent"): 1,
    }
    lateness = {
        s.labels.get("le", s.name[-3:]): s.value for s in families["caunoi_delivery_lateness_seconds"].samples
    }
    assert (lateness["60.0"], lateness["300.0"], lateness["+Inf"]) == (0, 2, 2) and lateness["sum"] >= 180
    for name, value in (
        ("caunoi_pending_notifications", 2),
        ("caunoi_waiting_notifications", 1),
        ("caunoi_oldest_due_age_seconds", 0),
    ):
        (sample,) = families[name].samples
        assert (sample.labels["channel"], sample.value) == ("email", value)


def test_the_document_is_valid_and_complete(api: FlaskClient) -> None:
    """OpenAPI 3.1; every operation has a summary, an example of its answer and its problems."""
    document = api.get(f"{V1}/openapi.json").json
    validate(document)
    assert set(document["paths"]) == {
        f"{V1}/templates",
        *(
            f"{V1}/templates/{{event}}/{{channel}}/{{language}}{rest}"
            for rest in ("", "/versions", "/restorations", "/previews")
        ),
        f"{V1}/inbox",
        f"{V1}/preferences/{{official_id}}",
        f"{V1}/preferences/{{official_id}}/test",
        f"{V1}/retention-rules",
        f"{V1}/retention-rules/{{kind}}",
        f"{V1}/telling-rules",
        f"{V1}/telling-rules/{{kind}}/{{detail}}",
        f"{V1}/telling-settings",
        f"{V1}/bundle-acknowledgements/{{token}}",
        f"{V1}/unsubscriptions/{{token}}",
        f"{V1}/notifications",
        f"{V1}/notifications/{{notification_id}}",
        f"{V1}/notifications/{{notification_id}}/acknowledgement",
        f"{V1}/notifications/acknowledgements",
        f"{V1}/notifications/{{notification_id}}/answers",
        f"{V1}/notifications/{{notification_id}}/colleagues",
        f"{V1}/acknowledgements/{{token}}",
        f"{V1}/webhooks",
        f"{V1}/webhooks/{{endpoint_id}}",
        f"{V1}/webhooks/{{endpoint_id}}/secret",
        f"{V1}/suppressions",
        f"{V1}/suppressions/{{suppression_id}}",
        f"{V1}/suppressions/{{suppression_id}}/lift",
        f"{V1}/bounces",
        f"{V1}/acknowledgements/{{token}}/answers",
        f"{V1}/acknowledgements/{{token}}/colleagues",
        f"{V1}/directives",
        f"{V1}/directives/{{directive_id}}",
        f"{V1}/directives/{{directive_id}}/corrections",
        f"{V1}/directives/{{directive_id}}/recall",
        f"{V1}/directives/{{directive_id}}/files/{{file_id}}",
        f"{V1}/directives/{{directive_id}}/statistics",
        f"{V1}/directives/{{directive_id}}/receipts",
        f"{V1}/directives/{{directive_id}}/receipts/{{official_id}}",
        f"{V1}/directives/{{directive_id}}/receipts/{{official_id}}/opening",
        f"{V1}/directives/{{directive_id}}/receipts/{{official_id}}/passing-on",
        f"{V1}/delivery-attempts",
        f"{V1}/replays",
        f"{V1}/replays/{{replay_id}}",
        f"{V1}/directive-links/{{token}}/receipt",
        f"{V1}/directive-links/{{token}}/files/{{file_id}}",
    }
    for item in document["paths"].values():
        for method in item.keys() & {"get", "post"}:
            operation = item[method]
            (code,) = operation["responses"].keys() & {"200", "201", "202", "204"}
            assert operation["summary"]
            if code != "204":
                content = operation["responses"][code]["content"]
                assert "application/octet-stream" in content or "example" in content["application/json"]
            assert {"422", "500"} <= operation["responses"].keys()
