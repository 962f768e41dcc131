"""What failed is sent again: looked at first, once, inside the territory, and for all to see."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.notifications.deliveries.returned import note_returned
from services.notifications.finding.rules import Wanted
from services.notifications.reachability.rules import Bounce, BounceKind
from services.notifications.replays import actions
from services.notifications.replays.actions import begin, replay_next
from services.notifications.replays.carrying import carry_out
from services.notifications.replays.model import Replay
from services.notifications.replays.queries import report
from services.notifications.replays.rules import Asked
from services.notifications.retention.actions import forget_old
from shared import clock
from shared.contracts.notifications import NOTIFICATION_ARRIVED, NOTIFICATION_FAILED
from shared.ids import uuid7
from shared.web.auth import Principal
from tests.integration.notifications.conftest import Service, address
from tests.support import facts
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import bearer

V1 = "/api/notifications/v1"
Call = Callable[..., Any]
EVERYBODY = Principal("tester", frozenset(), ("",))
DO = {"dry_run": False, "reason": "Máy chủ thư đã hoạt động lại"}


@pytest.fixture
def call(api: FlaskClient) -> Call:
    """A request with a token of all scopes, everywhere unless told otherwise; gives status and JSON."""

    def call(method: str, path: str, json: Any = None, territories: tuple[str, ...] = ("",)) -> tuple[int, Any]:
        answer = api.open(V1 + path, method=method, json=json, headers=bearer(territories=territories))
        return answer.status_code, answer.json

    return call


@pytest.fixture
def failed(service: Service, sink: SmtpSink) -> Callable[..., list[UUID]]:
    """Makes so many mails fail about a place; their ids, oldest first."""

    def failed(count: int = 1, path: str = "83/829/28789/") -> list[UUID]:
        known = {row.id for row in service.emails()}
        for number in range(count):
            service.tell(facts.recipient(), issue=facts.issue_facts(number, unit_path=path))
        sink.rules({"stage": "rcpt", "answer": "550 5.1.1 no such user"})
        service.sender(sink.url).send_due(service.sessions)
        sink.clear()
        sink.rules()
        return [row.id for row in service.emails() if row.id not in known]

    return failed


def mail_id(raw: bytes) -> str:
    """The Message-ID of a mail."""
    return raw.partition(b"Message-ID: <")[2].partition(b">")[0].decode()


def states(service: Service) -> list[str]:
    """How the mails stand, oldest first."""
    return [row.state for row in service.emails()]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    service: Service, call: Call, failed: Callable[..., list[UUID]]
) -> None:
    """It is the default; how many, of what, and a sample."""
    ids = failed(3)
    before = service.rows("SELECT * FROM notifications ORDER BY id")
    status, said = call("POST", "/replays", {"filter": {"error": "no such user"}})
    assert (status, said["dry_run"], said["matched"], said["replayed"], said["left"]) == (200, True, 3, 3, {})
    assert said["groups"] == [{"state": "failed", "channel": "email", "kind": "escalation", "count": 3}]
    assert [each["id"] for each in said["sample"]] == [str(each) for each in ids]
    assert said["sample"][0]["issue_code"] == "BT-2026-000000"
    assert service.rows("SELECT * FROM notifications ORDER BY id") == before
    assert call("GET", "/replays")[1]["items"] == []


def test_a_replay_sends_again_and_stays_visible(
    service: Service, call: Call, failed: Callable[..., list[UUID]], sink: SmtpSink
) -> None:
    """The row is due again with its attempts reset, the mail has the same Message-ID, and who did it stands at the
    notification and in the list of replays with what became of it."""
    (one,) = failed()
    status, said = call("POST", "/replays", {"ids": [str(one)]} | DO)
    made = said["replay"]
    assert (status, said["dry_run"], said["replayed"]) == (200, False, 1)
    assert (made["expected"], made["replayed"], made["finished_at"]) == (1, 0, None)
    carry_out(service.sessions)
    (row,) = service.emails()
    assert (row.state, row.attempts, row.tried_since, row.replays) == ("pending", 0, None, 1)
    service.sender(sink.url).send_due(service.sessions)
    assert states(service) == ["sent"]
    assert [mail_id(each) for each in sink.raw()] == [f"{one}@caunoi.example"]
    shown = call("GET", f"/replays/{made['id']}")[1]
    assert (shown["replayed"], shown["left"], shown["became"]) == (1, {}, {"sent": 1}) and shown["finished_at"]
    assert (shown["by"], shown["reason"], shown["ids"]) == ("tester", DO["reason"], [str(one)])
    detail = call("GET", f"/notifications/{one}")[1]
    (replayed,) = detail["replayed"]
    assert (replayed["state"], replayed["error"]) == ("failed", "RCPT: 550 5.1.1 no such user")
    assert replayed["replay_id"] == made["id"] and detail["replays"] == 1
    assert [each["outcome"] for each in detail["delivery_attempts"]] == ["permanent", "sent"]


def test_what_fails_again_is_not_told_again(
    service: Service, failed: Callable[..., list[UUID]], sink: SmtpSink
) -> None:
    """One event for the first failure, none for that of the replay, nor if it comes back after all; one when it
    arrives."""
    (one,) = failed()
    assert len(service.events(NOTIFICATION_FAILED)) == 1
    run(service, ids=[one])
    sink.rules({"stage": "rcpt", "answer": "550 5.1.1 no such user"})
    service.sender(sink.url).send_due(service.sessions)
    assert states(service) == ["failed"] and len(service.events(NOTIFICATION_FAILED)) == 1
    sink.rules()
    run(service, ids=[one])
    assert service.events(NOTIFICATION_ARRIVED) == []
    service.sender(sink.url).send_due(service.sessions)
    (said,) = service.events(NOTIFICATION_ARRIVED)
    assert said["subject"] == str(one) and said["data"]["channel"] == "email"
    bounce = Bounce("k", BounceKind.HARD, one, None, "5.1.1", "no such user")
    with service.sessions.begin() as session:
        note_returned(session, [bounce])
    assert states(service) == ["failed"] and len(service.events(NOTIFICATION_FAILED)) == 1


def started(session: Session, *, ids: list[UUID] | None = None, again: bool = False, **wanted: Any) -> Replay:
    """A replay that is begun, everywhere."""
    asked = Asked(EVERYBODY, Wanted(**wanted), ids, again, clock.now())
    return begin(session, asked, report(session, asked), "x")


def run(service: Service, *, ids: list[UUID] | None = None, again: bool = False, **wanted: Any) -> Any:
    """Begin a replay and carry it out; its row."""
    with service.sessions.begin() as session:
        replay_id = started(session, ids=ids, again=again, **wanted).id
    carry_out(service.sessions)
    return service.rows("SELECT * FROM replays WHERE id = :id", id=replay_id)[0]


def test_each_reason_to_leave_one_alone(service: Service, call: Call, sink: SmtpSink) -> None:
    """A table: what is done to a failed mail, and why it is then left alone, in the dry run and in the real one."""
    reasons: dict[str, str] = {
        "acknowledged": "UPDATE notifications SET acknowledged_at = now() WHERE id = :id",
        "pending": "UPDATE notifications SET state = 'pending', due_at = now() + interval '1 hour' WHERE id = :id",
        "under_way": "UPDATE notifications SET state = 'pending', due_at = now(), "
        "lease_until = now() + interval '1 hour' WHERE id = :id",
        "sent": "UPDATE notifications SET state = 'sent' WHERE id = :id",
        "in_app": "UPDATE notifications SET channel = 'inapp', official_id = uuidv7() WHERE id = :id",
        "too_old": "UPDATE notices SET created_at = now() - interval '1826 days' "
        "WHERE id = (SELECT notice_id FROM notifications WHERE id = :id)",
        "suppressed": "INSERT INTO suppressions (id, address, trouble, detail, since, version) SELECT uuidv7(), "
        "lower(email), 'bounced', '', now(), 1 FROM contacts JOIN notifications AS n USING (official_id) "
        "WHERE n.id = :id",
        "no_address": "UPDATE contacts SET email = NULL WHERE official_id = "
        "(SELECT official_id FROM notifications WHERE id = :id)",
    }
    made = {}
    for number, (why, change) in enumerate({**reasons, "fit": "SELECT 1"}.items()):
        service.tell(facts.recipient(), number=number)
        made[why] = service.emails()[-1].id
        with service.sessions.begin() as session:
            session.execute(
                text("UPDATE notifications SET state = 'failed', due_at = NULL WHERE id = :id"), {"id": made[why]}
            )
            session.execute(text(change), {"id": made[why]})
    expected = dict.fromkeys(sorted(reasons), 1)
    status, said = call("POST", "/replays", {"ids": [str(each) for each in made.values()]})
    assert (status, said["left"], said["replayed"]) == (200, expected, 1)
    assert [each["id"] for each in said["sample"]] == [str(made["fit"])]
    done = run(service, ids=list(made.values()))
    assert (done.left, done.replayed) == (expected, 1)
    again = call("POST", "/replays", {"filter": {}})[1]
    # The one that was sent again waits, too.
    assert again["left"] == dict.fromkeys([why for why in expected if why != "sent"], 1) | {"pending": 2}


@pytest.mark.parametrize("again", [False, True])
def test_what_was_sent_goes_out_again_only_if_asked(service: Service, sink: SmtpSink, again: bool) -> None:
    """With the same Message-ID, so that who has it already may drop it."""
    service.tell(facts.recipient())
    sender = service.sender(sink.url)
    sender.send_due(service.sessions)
    assert run(service, again=again).replayed == again
    sender.send_due(service.sessions)
    found = [mail_id(each) for each in sink.raw()]
    assert len(found) == 1 + again and len(set(found)) == 1 and states(service) == ["sent"]


def test_reminders_whose_matter_is_over_are_left_alone(service: Service) -> None:
    """A newer one of the same kind about the same came to the same official: only that goes out again."""
    subject, me, other = uuid7(), uuid7(), uuid7()
    for day, official in ((1, me), (2, me), (1, other)):
        person = {"official_id": official, "full_name": "A"}
        service.deliver(facts.official_changed(official_id=official, full_name="A", email=address(official)))
        service.deliver(
            facts.reminded(
                subject_id=subject if official == me else uuid7(),
                day=clock.today() + timedelta(days=day),
                recipients=[person],
            )
        )
    with service.sessions.begin() as session:
        session.execute(text("UPDATE notifications SET state = 'failed', due_at = NULL WHERE channel = 'email'"))
    done = run(service)
    assert (done.replayed, done.left) == (2, {"closed": 1})


def test_two_replays_at_once_send_once(
    service: Service, failed: Callable[..., list[UUID]], sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun by two people, carried out twice at once in small chunks: each mail goes out once."""
    monkeypatch.setattr(actions, "CHUNK", 7)
    monkeypatch.setattr("services.notifications.replays.model.CHUNK", 7)
    ids = failed(40)
    with service.sessions.begin() as session:
        for _ in range(2):
            started(session, again=True)
    together = Barrier(3)

    def work() -> None:
        together.wait()
        carry_out(service.sessions)

    threads = [Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    together.wait()
    sender = service.sender(sink.url)
    for _ in range(50):
        sender.send_due(service.sessions)
    for each in threads:
        each.join()
    carry_out(service.sessions)
    sender.send_due(service.sessions)
    counts = service.rows("SELECT replayed, finished_at FROM replays")
    assert sum(row.replayed for row in counts) == len(ids) and all(row.finished_at for row in counts)
    mails = Counter(mail_id(each) for each in sink.raw())
    assert mails == {f"{each}@caunoi.example": 1 for each in ids}


def test_what_happens_between_the_look_and_the_lock_counts(
    service: Service, failed: Callable[..., list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acknowledged in that moment: it is left alone, and counted so."""
    ids = failed(2)
    look = actions._next

    def acknowledged_meanwhile(session: Any, replay: Any) -> Any:
        rows = look(session, replay)
        with service.sessions.begin() as other:
            other.execute(text("UPDATE notifications SET acknowledged_at = now() WHERE id = :id"), {"id": ids[0]})
        return rows

    monkeypatch.setattr(actions, "_next", acknowledged_meanwhile)
    done = run(service)
    assert (done.replayed, done.left) == (1, {"changed": 1})
    assert states(service) == ["failed", "pending"]


def test_a_crash_undoes_a_chunk_and_the_next_goes_on(
    service: Service, failed: Callable[..., list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the second chunk of three, before its commit: nothing is lost and nothing done twice."""
    monkeypatch.setattr(actions, "CHUNK", 2)
    monkeypatch.setattr("services.notifications.replays.model.CHUNK", 2)
    failed(5)
    with service.sessions.begin() as session:
        started(session)
    with service.sessions.begin() as session:
        replay_next(session)
    with pytest.raises(RuntimeError), service.sessions.begin() as session:
        replay_next(session)
        raise RuntimeError
    assert Counter(states(service)) == {"pending": 2, "failed": 3}
    carry_out(service.sessions)
    assert states(service) == ["pending"] * 5
    assert {row.replays for row in service.emails()} == {1}


def test_nobody_replays_outside_the_territory(
    service: Service, call: Call, failed: Callable[..., list[UUID]]
) -> None:
    """By ids: 404, naming the one that is outside. By filter: only what lies inside. A replay is seen by those
    whose territory holds its own."""
    (here,), (there,) = failed(), failed(path="86/855/29542/")
    mine = ("83/829/",)
    for body in ({"ids": [str(here), str(there)]}, {"ids": [str(here), str(uuid7())]}):
        for more in ({}, DO):
            status, said = call("POST", "/replays", body | more, mine)
            assert status == 404 and "ids.1" in said["errors"]
    assert call("POST", "/replays", {"filter": {}}, mine)[1]["matched"] == 1
    made = call("POST", "/replays", {"filter": {}} | DO, mine)[1]["replay"]
    carry_out(service.sessions)
    assert [row.state for row in service.emails()] == ["pending", "failed"]
    for territories, sees in ((mine, True), (("83/",), True), (("",), True), (("86/",), False), ((), False)):
        listed = call("GET", "/replays", None, territories)[1]["items"]
        status, _ = call("GET", f"/replays/{made['id']}", None, territories)
        assert (bool(listed), status) == (sees, 200 if sees else 404)
    everywhere = call("POST", "/replays", {"filter": {}} | DO)[1]["replay"]
    assert call("GET", f"/replays/{everywhere['id']}", None, mine)[0] == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "ids"),
        ({"ids": []}, "ids"),
        ({"ids": [str(uuid7())], "filter": {}}, "ids"),
        ({"filter": {}, "dry_run": False}, "reason"),
        ({"filter": {"until": "2026-03-01T00:00:00Z", "from": "2026-03-02T00:00:00Z"}}, "filter"),
        ({"filter": {"limit": 5}}, "filter"),
        ({"filter": {}, "dry_run": "no"}, "dry_run"),
    ],
)
def test_a_wrong_request_is_named(call: Call, body: dict[str, Any], field: str) -> None:
    """422, with the field that is wrong."""
    status, said = call("POST", "/replays", body)
    assert status == 422 and any(name.split(".")[0] == field for name in said["errors"]), said


def test_more_than_one_replay_may_look_at_is_refused(
    call: Call, failed: Callable[..., list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dry run says that there is more; the real one is refused whole."""
    failed(3)
    monkeypatch.setattr("services.notifications.replays.queries.MOST", 2)
    said = call("POST", "/replays", {"filter": {}})[1]
    assert (said["matched"], said["more"]) == (2, True)
    assert call("POST", "/replays", {"filter": {}} | DO)[0] == 409
    assert call("GET", "/replays")[1]["items"] == []


def test_reading_does_not_replay(service: Service, api: FlaskClient) -> None:
    """The power to have things sent again is a scope of its own, also for a dry run."""
    for scope, status in (("notifications:read", 403), ("notifications:write", 403), ("notifications:replay", 200)):
        assert api.post(f"{V1}/replays", json={"filter": {}}, headers=bearer([scope])).status_code == status


def test_what_is_forgotten_is_forgotten_with_its_replays(
    service: Service, failed: Callable[..., list[UUID]], sink: SmtpSink
) -> None:
    """The replay itself stays as a record."""
    failed()
    run(service)
    service.sender(sink.url).send_due(service.sessions)
    with service.sessions.begin() as session:
        session.execute(text("UPDATE notifications SET acknowledged_at = now()"))
    with clock.frozen(clock.now() + timedelta(days=1826)):
        assert forget_old(service.sessions) == 1
    assert service.rows("SELECT (SELECT count(*) FROM replayed_notifications), (SELECT count(*) FROM replays)") == [
        (0, 1)
    ]
