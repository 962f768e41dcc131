"""What officials say besides having seen it: over the API, by link, in bulk; told once, and in order."""

import email
from email.policy import default
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.handlers import HANDLERS
from shared.contracts.notifications import NOTIFICATION_ACKNOWLEDGED, NOTIFICATION_ANSWERED
from shared.errors import NotFound
from shared.ids import uuid7
from shared.messaging.events import read, write
from tests.integration.notifications.conftest import Service, address
from tests.support import facts
from tests.support.databases import statements
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import bearer

V1 = "/api/notifications/v1"
WHY = "Tôi đi công tác tỉnh ngoài đến hết tháng."


class People:
    """An and Bé are told of an escalation; Cúc holds a post in the province, Dũng in another one."""

    def __init__(self, service: Service, api: FlaskClient) -> None:
        self.service, self.api = service, api
        self.an, self.be = facts.recipient("Nguyễn Văn An"), facts.recipient("Trần Thị Bé")
        self.cuc, self.dung = uuid7(), uuid7()
        self.escalation = service.tell(self.an, self.be)
        for who, name, path in ((self.cuc, "Lê Thị Cúc", "83/829/"), (self.dung, "Võ Dũng", "86/855/")):
            service.deliver(facts.official_changed(official_id=who, full_name=name, email=address(who)))
            service.deliver(facts.assignment_changed(official_id=who, full_name=name, unit_path=path))

    def inbox(self, official: Any, unacknowledged: bool = False) -> list[dict[str, Any]]:
        """What an official finds."""
        who = official["official_id"] if isinstance(official, dict) else official
        query = f"/inbox?official={who}" + ("&unacknowledged=true" if unacknowledged else "")
        items: list[dict[str, Any]] = self.call("GET", query).json["items"]
        return items

    def call(self, method: str, path: str, json: Any = None, **claims: Any) -> Any:
        """A request with a token of all scopes."""
        return self.api.open(V1 + path, method=method, json=json, headers=bearer(**claims))

    def say(self, official: Any, answer: str, **more: Any) -> Any:
        """Answer to what came last."""
        path = f"/notifications/{self.inbox(official)[0]['id']}/answers"
        return self.call("POST", path, {"answer": answer} | more)

    def told(self) -> list[tuple[Any, ...]]:
        """What other services hear: answer, who, version."""
        return [
            (each["data"]["answer"], each["data"]["full_name"], each["subjectversion"])
            for each in self.service.events(NOTIFICATION_ANSWERED)
        ]


@pytest.fixture
def people(service: Service, api: FlaskClient) -> People:
    """As above."""
    return People(service, api)


def test_taking_it_acknowledges_it_and_is_told_once(people: People) -> None:
    """Again it changes nothing; over all channels it is the same."""
    for _ in range(2):
        shown = people.say(people.an, "taken")
        assert shown.status_code == 200 and shown.json["answer"] == "taken" and shown.json["acknowledged_at"]
    assert people.told() == [("taken", "Nguyễn Văn An", 2)]
    assert people.service.events(NOTIFICATION_ACKNOWLEDGED) == []
    rows = people.service.rows(
        "SELECT DISTINCT answer, version FROM notifications WHERE official_id = :an", an=people.an["official_id"]
    )
    assert [tuple(row) for row in rows] == [("taken", 2)]


def test_what_is_given_back_is_open_again(people: People) -> None:
    """Only what is acknowledged can be given back; the versions grow whatever channel is used."""
    assert people.say(people.an, "returned", reason=WHY).status_code == 409
    people.call("POST", f"/notifications/{people.inbox(people.an)[0]['id']}/acknowledgement")
    assert people.inbox(people.an, unacknowledged=True) == []
    for _ in range(2):
        assert people.say(people.an, "returned", reason=WHY).json["acknowledged_at"] is None
    (item,) = people.inbox(people.an, unacknowledged=True)
    assert item["answer"] == "returned"
    people.say(people.an, "taken")
    assert people.told() == [("returned", "Nguyễn Văn An", 3), ("taken", "Nguyễn Văn An", 4)]


def test_who_gets_it_handed_over_hears_from_whom_and_why(people: People, sink: SmtpSink) -> None:
    """By mail and in the inbox, once; it is with the other one until they say otherwise."""
    for _ in range(2):
        answer = people.say(people.an, "handed_over", reason=WHY, to=str(people.cuc))
        assert answer.status_code == 200 and answer.json["answer"] == "handed_over"
    (item,) = people.inbox(people.cuc, unacknowledged=True)
    assert (item["kind"], item["escalation_id"]) == ("handover", str(people.escalation))
    assert item["passed"]["full_name"] == "Nguyễn Văn An" and item["passed"]["reason"] == WHY
    assert people.inbox(people.an, unacknowledged=True) == []
    people.service.sender(sink.url).send_due(people.service.sessions)
    mails = [email.message_from_bytes(each, policy=default) for each in sink.raw()]
    (mail,) = [each for each in mails if "(Nguyễn Văn An)" in each["subject"]]
    text = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert "NGUYỄN VĂN AN CHUYỂN VIỆC NÀY CHO ĐỒNG CHÍ" in text and WHY in text
    people.call("POST", f"/notifications/{item['id']}/acknowledgement")
    (fact,) = people.service.events(NOTIFICATION_ACKNOWLEDGED)
    assert fact["data"]["escalation_id"] == str(people.escalation) and fact["data"]["full_name"] == "Lê Thị Cúc"


def test_what_was_handed_over_goes_back_when_it_is_not_theirs(people: People) -> None:
    """Whoever handed it over has it again, and hears why."""
    people.say(people.an, "handed_over", reason=WHY, to=str(people.cuc))
    people.say(people.cuc, "declined", reason="Tôi không phụ trách xã này.")
    item = people.inbox(people.an, unacknowledged=True)[0]
    assert (item["passed"]["way"], item["passed"]["full_name"]) == ("given_back", "Lê Thị Cúc")
    last = people.service.events(NOTIFICATION_ANSWERED)[-1]["data"]
    assert (last["answer"], last["to_full_name"]) == ("declined", "Nguyễn Văn An")
    people.say(people.an, "taken")
    answers = people.call("GET", f"/notifications/{item['id']}/answers").json["items"]
    assert [(each["full_name"], each["answer"]) for each in answers] == [
        ("Nguyễn Văn An", "handed_over"),
        ("Lê Thị Cúc", "declined"),
        ("Nguyễn Văn An", "taken"),
    ]


def test_to_whom_it_falls_hears_whose_it_was_not(people: People) -> None:
    """The answer of assignments makes one notice for each of them, however often it is delivered."""
    by = {"official_id": people.an["official_id"], "full_name": "Nguyễn Văn An", "reason": WHY}
    told = [facts.recipient("Lê Thị Cúc", official_id=people.cuc), people.be]
    new = facts.rerouted(escalation_id=people.escalation, declined_by=by, recipients=told)
    people.service.deliver(new, times=2)
    (item,) = people.inbox(people.cuc)
    assert item["passed"]["way"] == "declined" and item["reasons"] == [facts.reason()]
    assert [each["kind"] for each in people.inbox(people.be)] == ["handover", "escalation"]
    nobody = facts.rerouted(escalation_id=people.escalation, recipients=[])
    people.service.deliver(nobody)
    with pytest.raises(NotFound), people.service.sessions.begin() as session:
        unknown = read(write("assignments", facts.rerouted(), None)[1])
        HANDLERS[unknown.type](session, [unknown])


@pytest.mark.parametrize(
    ("answer", "more", "field"),
    [
        ("handed_over", {"reason": WHY}, "to"),
        ("handed_over", {"reason": WHY, "to": "AN"}, "to"),
        ("handed_over", {"reason": WHY, "to": "DUNG"}, "to"),
        ("handed_over", {"to": "CUC"}, "reason"),
        ("declined", {}, "reason"),
        ("declined", {"reason": WHY, "to": "CUC"}, "to"),
        ("returned", {"reason": "vì"}, "reason"),
        ("lost", {}, "answer"),
    ],
)
def test_bad_answers_name_the_field_and_change_nothing(
    people: People, answer: str, more: dict[str, str], field: str
) -> None:
    """No reason, nobody, oneself, somebody of another province, an answer there is not."""
    ids = {"AN": str(people.an["official_id"]), "CUC": str(people.cuc), "DUNG": str(people.dung)}
    refused = people.say(people.an, answer, **{name: ids.get(value, value) for name, value in more.items()})
    assert refused.status_code == 422 and list(refused.json["errors"]) == [field]
    assert people.told() == [] and people.service.rows("SELECT 1 FROM answers") == []


def test_a_reminder_waits_for_no_answer(people: People) -> None:
    """409, and nothing is told."""
    who = {"official_id": people.an["official_id"], "full_name": "Nguyễn Văn An"}
    people.service.deliver(facts.reminded(recipients=[who]))
    assert people.say(people.an, "taken").status_code == 409 and people.told() == []


def test_many_are_acknowledged_at_once_or_none(people: People) -> None:
    """A batch costs as many statements as one; one that is not there, or of elsewhere, spoils all."""
    for number in range(2, 8):
        people.service.tell(people.an, number=number)
    ids = [each["id"] for each in people.inbox(people.an)]
    path = "/notifications/acknowledgements"
    for bad in ([*ids, str(uuid7())], [ids[0], ids[0]], []):
        assert people.call("POST", path, {"notifications": bad}).status_code in (404, 422)
    assert people.call("POST", path, {"notifications": ids}, territories=("86/",)).status_code == 404
    assert people.service.events(NOTIFICATION_ACKNOWLEDGED) == []
    with statements(people.service.sessions) as one:
        people.call("POST", path, {"notifications": ids[:1]})
    with statements(people.service.sessions) as many:
        done = people.call("POST", path, {"notifications": ids})
    assert [each["id"] for each in done.json["items"]] == ids and len(many) <= len(one) + 2
    assert len(people.service.events(NOTIFICATION_ACKNOWLEDGED)) == 7
    assert people.inbox(people.an, unacknowledged=True) == []


def test_an_official_answers_for_themself_only(people: People) -> None:
    """A token that speaks for another official is refused."""
    path = f"/notifications/{people.inbox(people.an)[0]['id']}/answers"
    claims = {"official": str(people.be["official_id"])}
    assert people.call("POST", path, {"answer": "taken"}, **claims).status_code == 403
    claims = {"official": str(people.an["official_id"])}
    assert people.call("POST", path, {"answer": "taken"}, **claims).status_code == 200


def test_colleagues_are_those_of_the_province(people: People) -> None:
    """By name, diacritics or not; without one those responsible for the place; by link as well."""
    found = f"/notifications/{people.inbox(people.an)[0]['id']}/colleagues"
    names = [
        [p["full_name"] for p in people.call("GET", found + q).json["items"]] for q in ("", "?q=cuc", "?q=dung")
    ]
    assert names == [["Lê Thị Cúc"], ["Lê Thị Cúc"], []]
    (row,) = people.service.rows(
        "SELECT id FROM notifications WHERE channel = 'email' AND official_id = :an", an=people.an["official_id"]
    )
    token = Tokens(people.service.settings.secret_key).issue(row.id)
    by_link = people.api.get(f"{V1}/acknowledgements/{token}/colleagues")
    assert [each["full_name"] for each in by_link.json["items"]] == ["Lê Thị Cúc"]
    given = {"answer": "handed_over", "reason": WHY, "to": str(people.cuc)}
    answer = people.api.post(f"{V1}/acknowledgements/{token}/answers", json=given)
    assert answer.status_code == 200 and people.told() == [("handed_over", "Nguyễn Văn An", 2)]
    assert people.service.rows("SELECT by FROM answers")[0].by == "link"


def test_what_comes_again_to_who_has_it_changes_nothing_elsewhere(people: People) -> None:
    """An handles it; Bé hands it over to An: seeing that once more is told to nobody, and An handles it still."""
    people.say(people.an, "taken")
    people.service.deliver(
        facts.assignment_changed(official_id=people.an["official_id"], full_name="Nguyễn Văn An")
    )
    to = str(people.an["official_id"])
    assert people.say(people.be, "handed_over", reason=WHY, to=to).status_code == 200
    (item,) = people.inbox(people.an, unacknowledged=True)
    done = people.call("POST", f"/notifications/{item['id']}/acknowledgement").json
    assert done["answer"] == "taken" and people.service.events(NOTIFICATION_ACKNOWLEDGED) == []
