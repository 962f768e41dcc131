"""Other words: given over the API, used by the sender from then on, and put out of use when they fail."""

import email
from email.policy import default
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from services.notifications.alarms.queries import concerns
from services.notifications.deliveries.sender import Sender
from tests.integration.notifications.conftest import Service
from tests.support import facts
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import bearer

PATH = "/api/notifications/v1/templates/escalation/email/vi"


@pytest.fixture
def keeping() -> Any:
    """A server that keeps the mail."""
    with SmtpSink("--keep") as sink:
        yield sink


def fields(api: FlaskClient, path: str = PATH) -> dict[str, str]:
    """The words in use."""
    found = api.get(path, headers=bearer()).json
    return {each["name"]: each["source"] for each in found["fields"]}


def give(api: FlaskClient, version: int, path: str = PATH, **changes: str) -> Any:
    """Change some of them."""
    body = {"fields": fields(api, path) | changes, "note": "thử"}
    return api.put(path, json=body, headers=bearer() | {"If-Match": f'"{version}"'})


def subjects(sink: SmtpSink) -> list[str]:
    """Of all mail so far."""
    return [str(email.message_from_bytes(raw, policy=default)["Subject"]) for raw in sink.raw()]


def send(service: Service, sender: Sender) -> None:
    """Send what is due; what was given is looked for before, however little time has passed."""
    for each in sender._besides:
        if hasattr(each, "say"):
            each._next = each._next_alarm = 0.0
            each(service.sessions)
    sender.send_due(service.sessions)


def test_given_words_are_used_until_others_are(service: Service, api: FlaskClient, keeping: SmtpSink) -> None:
    """By a sender that runs on; versions are kept, and any can be used again."""
    sender = service.sender(keeping.url)
    for words in ("Một {{ issue.code }}", "Hai {{ issue.code }}"):
        version = api.get(PATH, headers=bearer()).json["version"]
        assert give(api, version, subject=words).json["in_use"] == "given"
        service.tell(facts.recipient())
        send(service, sender)
    again = {"If-Match": '"2"'}
    for number, follows in ((1, '"3"'), (0, '"4"')):
        answer = api.post(f"{PATH}/restorations", json={"version": number}, headers=bearer() | again)
        assert (answer.status_code, answer.headers["ETag"]) == (201, follows)
        again = {"If-Match": follows}
        service.tell(facts.recipient())
        send(service, sender)
    code = "BT-2026-000001"
    assert subjects(keeping)[:3] == [f"Một {code}", f"Hai {code}", f"Một {code}"]
    assert subjects(keeping)[3].startswith(f"[{code}] Khẩn cấp")
    versions = api.get(f"{PATH}/versions", headers=bearer()).json["items"]
    assert [(each["version"], each["restored_from"]) for each in versions] == [(4, 0), (3, 1), (2, None), (1, None)]
    assert versions[0]["fields"] is None and versions[1]["fields"]["subject"] == "Một {{ issue.code }}"


def test_words_that_fail_hold_up_nothing(service: Service, api: FlaskClient, keeping: SmtpSink) -> None:
    """They are accepted because they say the examples, and cannot say a real message: it goes out in the built-in
    words, for all who are to have it, and the operator hears of it until other words are given."""
    give(api, 0, subject="{{ told[0] }}{% if issue.code == 'BT-2026-000007' %}{{ told[7] }}{% endif %}")
    sender = service.sender(keeping.url)
    service.tell(facts.recipient(), number=1)
    send(service, sender)
    service.tell(facts.recipient(), facts.recipient(), number=7)
    send(service, sender)
    found = subjects(keeping)
    assert [each.startswith("[BT-2026-000007] Khẩn cấp") for each in found] == [False, True, True]
    send(service, sender)
    shown = api.get(PATH, headers=bearer()).json
    assert shown["in_use"] == "broken" and "no element 7" in shown["broken_reason"]
    with service.sessions() as session:
        assert "templates: escalation/email/vi" in concerns(session)
    assert give(api, 1, subject="{{ subject }}").status_code == 200
    send(service, sender)
    with service.sessions() as session:
        assert not any(each.startswith("templates") for each in concerns(session))


def test_words_kept_by_another_version_of_the_software_hold_up_nothing(
    service: Service, api: FlaskClient, keeping: SmtpSink
) -> None:
    """What cannot even be read any more is put out of use when it is met."""
    give(api, 0, subject="Một")
    with service.sessions.begin() as session:
        session.execute(text("UPDATE templates SET fields = jsonb_set(fields, '{subject}', '\"{% nothing %}\"')"))
    sender = service.sender(keeping.url)
    service.tell(facts.recipient())
    send(service, sender)
    send(service, sender)
    assert subjects(keeping)[0].startswith("[BT-2026-000001] Khẩn cấp")
    assert api.get(PATH, headers=bearer()).json["in_use"] == "broken"


def test_words_of_a_digest_are_given_too(service: Service, api: FlaskClient) -> None:
    """Previews show the message as it would be."""
    path = PATH.replace("escalation", "group")
    words = fields(api, path) | {"subject": "{{ group.matters | length }} việc"}
    answer = api.post(f"{path}/previews", json={"fields": words}, headers=bearer())
    assert answer.json["subject"] == "2 việc" and "Cống ngăn mặn" in answer.json["html"]
    assert give(api, 0, path, subject="{{ group.matters | length }} việc").status_code == 200
    shown = api.post(f"{path}/previews", json={"sample": "brief"}, headers=bearer()).json
    assert shown["subject"] == "0 việc" and "Đã quá hạn" in shown["text"]


@pytest.mark.parametrize("path", ["rumour/email/vi", "group/sms/vi", "escalation/inapp/vi", "escalation/email/fr"])
def test_there_is_nothing_else_to_be_worded(api: FlaskClient, path: str) -> None:
    """An event, a channel or a language that there is not."""
    where = PATH.replace("escalation/email/vi", path)
    assert api.get(where, headers=bearer()).status_code == 404
    assert api.post(f"{where}/previews", json={}, headers=bearer()).status_code == 404


def test_bad_words_change_nothing(service: Service, api: FlaskClient) -> None:
    """The field and what is wrong with it are named; a version in between is not overwritten; a narrower territory
    does not do."""
    answer = give(api, 0, html="<script>")
    assert (answer.status_code, list(answer.json["errors"]), answer.json["fault"]) == (
        422,
        ["fields.html"],
        {"code": "markup", "detail": "<script>"},
    )
    assert give(api, 3, subject="Một").status_code == 412
    body = {"fields": fields(api)}
    narrow = bearer(territories=["83/"]) | {"If-Match": "*"}
    assert api.put(PATH, json=body, headers=narrow).status_code == 403
    assert service.rows("SELECT * FROM templates") == []
