"""Reminders: what is told that is no escalation, from the event to the inbox and the mail."""

import email
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from flask.testing import FlaskClient

from services.notifications.deliveries.rules import GIVE_UP_AFTER
from shared import clock
from shared.contracts import assignments
from shared.contracts.notifications import NOTIFICATION_ACKNOWLEDGED, NOTIFICATION_FAILED
from shared.ids import uuid7
from tests.integration.notifications.conftest import Service, address
from tests.support import facts
from tests.support.databases import statements
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import bearer

V1 = "/api/notifications/v1"
MIGRATIONS = Path(__file__).parents[3] / "services" / "notifications" / "migrations"
Call = Callable[..., Any]


@pytest.fixture
def call(api: FlaskClient) -> Call:
    """A request with a token of all scopes, everywhere unless told otherwise."""

    def call(method: str, path: str, territories: tuple[str, ...] = ("",)) -> Any:
        return api.open(V1 + path, method=method, headers=bearer(territories=territories))

    return call


def person(name: str = "Nguyễn Văn An") -> dict[str, Any]:
    """Somebody to remind."""
    return {"official_id": uuid7(), "full_name": name}


def known(service: Service, *people: dict[str, Any], language: str = "vi") -> None:
    """Let the service know how to reach people."""
    for each in people:
        service.deliver(
            facts.official_changed(**each, email=address(each["official_id"]), language=language),
        )


def mails(service: Service, sink: SmtpSink) -> list[EmailMessage]:
    """Send what is due; the mails as the standard library reads them, without a defect."""
    service.sender(sink.url).send_due(service.sessions)
    read = [email.message_from_bytes(each, policy=default) for each in sink.raw()]
    assert all(part.defects == [] for message in read for part in message.walk())
    return read  # type: ignore[return-value]


def said(message: EmailMessage, subtype: str) -> str:
    """The text of one alternative."""
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_everybody_is_reminded_once_per_channel(service: Service) -> None:
    """However often the event comes, each person has one e-mail and one entry in the inbox."""
    new = facts.reminded(recipients=[person(), person("Trần Thị Bé")])
    service.deliver(new, times=3)
    rows = service.rows("SELECT full_name, channel, state, reasons FROM notifications ORDER BY full_name, channel")
    assert [tuple(row) for row in rows] == [
        (name, *state, [])
        for name in ("Nguyễn Văn An", "Trần Thị Bé")
        for state in (("email", "pending"), ("inapp", "sent"))
    ]
    (notice,) = service.rows("SELECT * FROM notices")
    assert (notice.kind, notice.issue_id) == ("reminder", None)
    assert notice.facts["reminder_id"] == str(new.data["reminder_id"])
    assert notice.unit_path == "83/829/28789/" and notice.facts["title_vi"] == new.data["title_vi"]


def test_both_services_that_remind_are_heard(service: Service) -> None:
    """What assignments has to tell arrives like what visits has."""
    service.deliver(facts.reminded(), facts.reminded(assignments.REMINDER_DUE, kind="coverage_gaps"), times=2)
    kinds = service.rows("SELECT facts ->> 'kind' AS kind FROM notices ORDER BY 1")
    assert [row.kind for row in kinds] == ["coverage_gaps", "visit_overdue"]
    assert len(service.emails()) == 2


def test_a_batch_of_reminders_costs_as_many_statements_as_one(service: Service) -> None:
    """A thousand reminders of one night are written by the statements that write one."""
    with statements(service.sessions) as one:
        service.deliver(facts.reminded())
    with statements(service.sessions) as many:
        service.deliver(*(facts.reminded() for _ in range(1000)))
    assert len(one) == len(many) <= 4


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ["Kính gửi đồng chí Nguyễn Văn An,", "Đã quá hạn đi cơ sở", "mỗi 30 ngày một lần", "02/03/2026"]),
        ("en", ["Dear Nguyễn Văn An,", "Visit overdue", "once in 30 days", "Trần Thị Bé"]),
    ],
)
def test_the_mail_says_it_in_the_reader_s_language(
    service: Service, sink: SmtpSink, language: str, words: list[str]
) -> None:
    """Parsed back, both alternatives greet the reader and hold title, text, day and who else is told; no button."""
    me, other = person(), person("Trần Thị Bé")
    known(service, me, language=language)
    service.deliver(facts.reminded(recipients=[me, other]))
    (message,) = mails(service, sink)
    for subtype in ("plain", "html"):
        text = said(message, subtype).replace("<strong>", "").replace("</strong>", "")
        assert [each for each in words if each not in text] == []
        assert "xac-nhan" not in text
    title = "Đã quá hạn đi cơ sở: Xã Bình Phú" if language == "vi" else "Visit overdue: Xã Bình Phú"
    assert message["Subject"] == title and message["Content-Language"] == language
    assert message["To"].addresses[0].addr_spec == address(me["official_id"])


def test_a_reminder_of_an_issue_is_in_the_thread_of_its_issue(service: Service, sink: SmtpSink) -> None:
    """With an issue its code leads the subject, and mail programs show it with the issue's escalations."""
    me = person()
    known(service, me)
    issue_id = uuid7()
    service.deliver(facts.reminded(recipients=[me], issue_id=issue_id, issue_code="BT-2026-000007"))
    (message,) = mails(service, sink)
    assert message["Subject"] == "[BT-2026-000007] Đã quá hạn đi cơ sở: Xã Bình Phú"
    assert message["References"].startswith(f"<issue-{issue_id}@")
    assert "BT-2026-000007" in said(message, "plain")


def test_what_people_wrote_stays_text(service: Service, sink: SmtpSink) -> None:
    """Markup is escaped, a line end in a title adds no header."""
    me = person("A <b>B</b>")
    known(service, me)
    service.deliver(facts.reminded(recipients=[me], title_vi="T\r\nBcc: x@evil.example", body_vi="<img src=x>"))
    (message,) = mails(service, sink)
    html = said(message, "html")
    assert message["Bcc"] is None and message["Subject"] == "T Bcc: x@evil.example"
    assert "&lt;img src=x&gt;" in html and "<img" not in html and "A &lt;b&gt;B&lt;/b&gt;" in html


def test_the_inbox_shows_both_kinds(service: Service, call: Call) -> None:
    """A reminder stands between escalations with what it says and no issue; kind narrows."""
    me = person()
    service.tell(me | {"reasons": [facts.reason()]})
    service.deliver(facts.reminded(recipients=[me]))
    base = f"/inbox?official={me['official_id']}"
    newest, oldest = call("GET", base).json["items"]
    assert (newest["kind"], newest["issue"], newest["step"], newest["escalation_id"]) == (
        "reminder",
        None,
        None,
        None,
    )
    assert newest["reminder"]["title_en"] == "Visit overdue: Xã Bình Phú" and newest["reasons"] == []
    assert oldest["kind"] == "escalation" and oldest["reminder"] is None and oldest["step"] == 1
    kinds = {kind: call("GET", f"{base}&kind={kind}").json["items"] for kind in ("reminder", "escalation")}
    assert kinds == {"reminder": [newest], "escalation": [oldest]}
    detail = call("GET", f"/notifications/{newest['id']}").json
    assert detail["vacancies"] == [] and detail["reminder"] == newest["reminder"]
    assert call("GET", base, ("86/",)).json["items"] == []


def test_seen_is_noted_and_told_to_nobody(service: Service, call: Call) -> None:
    """Marking a reminder as seen takes it from the unacknowledged ones; no issue is acknowledged by it."""
    me = person()
    service.deliver(facts.reminded(recipients=[me]))
    unseen = f"/inbox?official={me['official_id']}&unacknowledged=true"
    (item,) = call("GET", unseen).json["items"]
    answer = call("POST", f"/notifications/{item['id']}/acknowledgement")
    assert answer.status_code == 200 and answer.json["kind"] == "reminder" and answer.json["acknowledged_at"]
    assert call("GET", unseen).json["items"] == [] and service.events(NOTIFICATION_ACKNOWLEDGED) == []


def test_a_reminder_that_cannot_be_delivered_is_visible(service: Service, call: Call, sink: SmtpSink) -> None:
    """After a day without an address it has failed, as an escalation's would, and writes on no issue's timeline."""
    me = person()
    service.deliver(facts.reminded(recipients=[me]))
    sender = service.sender(sink.url)
    sender.send_due(service.sessions)
    with clock.frozen(clock.now() + GIVE_UP_AFTER + timedelta(minutes=1)):
        sender.send_due(service.sessions)
    (failed,) = call("GET", "/notifications?state=failed").json["items"]
    assert failed["kind"] == "reminder" and failed["last_error"] and service.events(NOTIFICATION_FAILED) == []


def test_the_migration_keeps_what_was_told(service: Service) -> None:
    """Down and up again, a notice of an escalation is as it was; reminders are gone."""
    service.deliver(facts.routed())
    (before,) = service.rows("SELECT * FROM notices")
    service.deliver(facts.reminded())
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = service.sessions.kw["bind"].url
    command.downgrade(config, "0002")
    command.upgrade(config, "head")
    assert [dict(row._mapping) for row in service.rows("SELECT * FROM notices")] == [dict(before._mapping)]
    assert service.rows("SELECT count(*) FROM notifications")[0][0] == 2
