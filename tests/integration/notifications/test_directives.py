"""Directives: told to those they are for, chunk by chunk; read, passed on, corrected, recalled; counted by unit."""

import email
from base64 import b64encode
from datetime import timedelta
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.deliveries.actions import BULK_CHUNK
from services.notifications.directives import expanding
from shared import clock
from shared.ids import uuid7
from tests.integration.notifications.conftest import Service, address
from tests.support import facts
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import bearer

V1 = "/api/notifications/v1"
UNITS = {"83": "83/", "829": "83/829/", "834": "83/834/", "28789": "83/829/28789/", "86": "86/"}
PLACES = ("83/829/28789/", "83/829/28783/", "83/834/28993/")


class Office:
    """A province office that issues directives; each commune has a follower, a district its overseer."""

    def __init__(self, service: Service, api: FlaskClient) -> None:
        self.service, self.api = service, api
        self.people: dict[str, UUID] = {}
        service.deliver(*(facts.unit_changed(code=c, path=p, name=f"Nơi {c}") for c, p in UNITS.items()))
        for number, path in enumerate(PLACES):
            self.holds(f"Người {number}", "commune_follower", path, "commune")
        self.holds("Người huyện", "district_overseer", "83/829/", "district")
        self.holds("Người tỉnh khác", "commune_follower", "86/855/29542/", "commune")

    def holds(self, name: str, post: str, path: str, level: str) -> UUID:
        """Somebody holds a post, known under the name."""
        who = self.people.setdefault(name, uuid7())
        self.service.deliver(facts.official_changed(official_id=who, full_name=name, email=address(who)))
        held = {"post": post, "unit_path": path, "attached_to": level, "place_name": f"Nơi {path.split('/')[-2]}"}
        self.service.deliver(facts.assignment_changed(official_id=who, full_name=name, **held))
        return who

    def call(self, method: str, path: str, json: Any = None, version: int | None = None, **claims: Any) -> Any:
        """A request with a token of all scopes."""
        headers = bearer(**claims) | ({} if version is None else {"If-Match": f'"{version}"'})
        return self.api.open(V1 + path, method=method, json=json, headers=headers)

    def issue(self, **changes: Any) -> dict[str, Any]:
        """A directive to the followers of the town's communes, told to all."""
        given = {
            "unit": "829",
            "issuer": "Văn phòng Tỉnh ủy",
            "title": "Phòng hạn mặn",
            "body": "Đề nghị truyền đạt.",
        }
        answer = self.call("POST", "/directives", given | {"posts": ["commune_follower"]} | changes)
        assert answer.status_code == 201, answer.text
        self.expand()
        return dict(answer.json)

    def expand(self) -> None:
        """Tell everybody whom there is to tell now."""
        while True:
            with self.service.sessions.begin() as session:
                if not expanding.expand_chunk(session):
                    return

    def told(self) -> list[tuple[str, str]]:
        """Who was told over which channel of directives."""
        rows = self.service.rows(
            "SELECT full_name, channel FROM notifications JOIN notices ON notices.id = notice_id "
            "WHERE kind = 'directive' ORDER BY 1, 2"
        )
        return [tuple(row) for row in rows]

    def inbox(self, name: str) -> list[dict[str, Any]]:
        """What somebody finds."""
        return list(self.call("GET", f"/inbox?official={self.people[name]}").json["items"])

    def receipts(self, directive: dict[str, Any], **query: str) -> list[str]:
        """The names on the list of receipts."""
        args = "&".join(f"{name}={value}" for name, value in query.items())
        items = self.call("GET", f"/directives/{directive['id']}/receipts?{args}").json["items"]
        return [each["full_name"] for each in items]


@pytest.fixture
def office(service: Service, api: FlaskClient) -> Office:
    """As above."""
    return Office(service, api)


def test_it_is_told_to_those_it_is_for(office: Office, sink: SmtpSink) -> None:
    """By territory, post and level, each person once, by mail and in the inbox; nobody else."""
    office.holds("Người 0", "commune_follower", PLACES[1], "commune")
    made = office.issue(number="12-CV/TU", pass_on_by="2999-03-20")
    names = ["Người 0", "Người 1"]
    assert office.told() == [(name, channel) for name in names for channel in ("email", "inapp")]
    shown = office.call("GET", f"/directives/{made['id']}").json
    assert [(each["purpose"], each["told"], each["due_at"]) for each in shown["broadcasts"]] == [
        ("issued", 2, None)
    ]
    (item,) = office.inbox("Người 0")
    assert item["kind"] == "directive" and item["directive"]["title"] == "Phòng hạn mặn"
    assert len(item["reasons"]) == 2
    office.service.sender(sink.url).send_due(office.service.sessions)
    mails = [email.message_from_bytes(each, policy=default) for each in sink.raw()]
    assert {each["subject"] for each in mails} == {"[Truyền đạt] 12-CV/TU – Phòng hạn mặn"} and len(mails) == 2
    text = mails[0].get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert "Truyền đạt trước hết ngày 20/03/2999" in text and "/xac-nhan/" in text
    office.issue(unit="83", posts=[], levels=["district"], title="Cho huyện")
    assert {name for name, _ in office.told()} == {*names, "Người huyện"}


def test_a_crash_between_chunks_loses_nobody_and_tells_nobody_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next chunk begins where the last committed one ended; progress is seen; the rest is done later."""
    monkeypatch.setattr(expanding, "CHUNK", 3)
    names = [f"Đông {number:02}" for number in range(10)]
    for name in names:
        office.holds(name, "hamlet_follower", PLACES[2], "hamlet")
    given = {"unit": "834", "issuer": "Huyện ủy", "title": "Họp dân", "body": "…", "posts": ["hamlet_follower"]}
    made = office.call("POST", "/directives", given).json
    with office.service.sessions.begin() as session:
        assert expanding.expand_chunk(session)
    with office.service.sessions() as session:  # killed before its commit
        assert expanding.expand_chunk(session)
        session.rollback()
    (telling,) = office.call("GET", f"/directives/{made['id']}").json["broadcasts"]
    assert telling["told"] == 3 and telling["due_at"] and len(office.told()) == 6
    office.expand()
    assert sorted(name for name, channel in office.told() if channel == "email") == names
    (telling,) = office.call("GET", f"/directives/{made['id']}").json["broadcasts"]
    assert telling["told"] == 10 and telling["finished_at"]


def test_an_escalation_overtakes_a_broadcast(office: Office, sink: SmtpSink) -> None:
    """What is written in bulk goes out a few at a time, and only while nothing else is due."""
    for number in range(3 * BULK_CHUNK):
        office.holds(f"Đông {number:02}", "hamlet_follower", PLACES[2], "hamlet")
    office.issue(unit="834", posts=["hamlet_follower"])
    sender = office.service.sender(sink.url)
    assert sender.send_chunk(office.service.sessions) == BULK_CHUNK
    person = facts.recipient()
    office.service.tell(person)
    assert sender.send_chunk(office.service.sessions) == 1
    assert sink.messages()[-1][0] == address(person["official_id"])
    sender.send_due(office.service.sessions)
    assert len(sink.messages()) == 3 * BULK_CHUNK + 1


def test_it_is_read_and_passed_on_and_counted_by_unit(office: Office) -> None:
    """Opened, read (by acknowledging), passed on: each is seen on the receipt and in the figures of its unit."""
    made = office.issue(unit="83", pass_on_by="2999-03-20")
    base = f"/directives/{made['id']}"
    mine = f"{base}/receipts/{office.people['Người 0']}"
    assert office.call("POST", f"{mine}/opening").json["opened_at"]
    (item,) = office.inbox("Người 0")
    office.call("POST", f"/notifications/{item['id']}/acknowledgement")
    passed = {"on": str(clock.today()), "to": "Hội nghị xã", "note": "32 người dự."}
    shown = office.call("POST", f"{mine}/passing-on", passed).json
    assert shown["read_at"] and (shown["passed_on"], shown["passed_on_to"]) == (passed["on"], "Hội nghị xã")
    figures = office.call("GET", f"{base}/statistics").json["items"]
    numbers = {
        each["path"]: [each[name] for name in ("addressed", "delivered", "mailed", "opened", "read", "passed_on")]
        for each in figures
    }
    assert numbers == {"83/829/": [2, 2, 0, 1, 1, 1], "83/834/": [1, 1, 0, 0, 0, 0]}
    assert {each["name"] for each in figures} == {"Nơi 829", "Nơi 834"}
    assert (
        office.receipts(made, missing="read")
        == office.receipts(made, missing="passed_on")
        == ["Người 1", "Người 2"]
    )
    assert office.receipts(made, missing="opened", unit="829") == ["Người 1"]
    here = office.call("GET", f"{base}/receipts", territories=("83/834/",)).json["items"]
    assert [each["full_name"] for each in here] == ["Người 2"]
    assert office.call("GET", mine, territories=("83/834/",)).status_code == 404
    tomorrow = {"on": str(clock.today() + timedelta(days=1)), "to": "Hội nghị"}
    assert list(office.call("POST", f"{mine}/passing-on", tomorrow).json["errors"]) == ["on"]


def test_who_is_inside_finds_what_came_from_above(office: Office) -> None:
    """A client of one district, and an official, read and acknowledge in the inbox what the province issued."""
    office.issue(unit="83")
    who = office.people["Người 0"]
    for claims in ({"territories": ("83/829/",)}, {"territories": (), "official": str(who)}):
        (item,) = office.call("GET", f"/inbox?official={who}", **claims).json["items"]
        done = office.call("POST", f"/notifications/{item['id']}/acknowledgement", **claims)
        assert done.status_code == 200 and done.json["directive"]["title"] == "Phòng hạn mặn"
    elsewhere = office.call("GET", f"/inbox?official={who}", territories=("83/834/",))
    assert elsewhere.json["items"] == []


def test_a_correction_is_told_and_to_be_read_anew(office: Office) -> None:
    """Everybody hears of the new edition; what was read before counts no more; the old text stays on record."""
    made = office.issue(pass_on_by="2999-03-20")
    (item,) = office.inbox("Người 0")
    office.call("POST", f"/notifications/{item['id']}/acknowledgement")
    assert office.receipts(made, missing="read") == ["Người 1"]
    path = f"/directives/{made['id']}/corrections"
    change = {"pass_on_by": "2999-03-25", "reason": "Lùi hạn năm ngày."}
    assert office.call("POST", path, change).status_code == 428
    corrected = office.call("POST", path, change, version=1)
    assert corrected.status_code == 200 and corrected.json["edition"] == 2
    assert office.call("POST", path, change, version=1).status_code == 412
    assert list(office.call("POST", path, change, version=2).json["errors"]) == ["title"]
    office.expand()
    newest = office.inbox("Người 0")[0]["directive"]
    assert (newest["purpose"], newest["reason"], newest["pass_on_by"]) == (
        "corrected",
        change["reason"],
        "2999-03-25",
    )
    assert len(office.receipts(made, missing="read")) == 2
    editions = office.call("GET", path).json["items"]
    assert [(each["edition"], each["pass_on_by"]) for each in editions] == [(1, "2999-03-20"), (2, "2999-03-25")]


def test_recalled_it_is_told_and_nobody_is_reminded(office: Office) -> None:
    """Once; then it is neither corrected nor recalled again."""
    made = office.issue(pass_on_by=str(clock.today() + timedelta(days=9)), remind_before_days=2)
    path = f"/directives/{made['id']}/recall"
    why = {"reason": "Thay bằng công văn số 15."}
    assert office.call("POST", path, why, version=1).json["recalled_at"]
    assert office.call("POST", path, why, version=2).status_code == 409
    office.expand()
    assert [each["directive"]["purpose"] for each in office.inbox("Người 0")] == ["recalled", "issued"]
    with clock.frozen(clock.now() + timedelta(days=8)):
        office.expand()
    assert len(office.inbox("Người 0")) == 2


def test_who_is_not_done_is_reminded_before_the_day(office: Office) -> None:
    """At eight in the morning so many days before: those who have not read it or not passed it on, once."""
    made = office.issue(pass_on_by=str(clock.today() + timedelta(days=9)), remind_before_days=2)
    (item,) = office.inbox("Người 0")
    office.call("POST", f"/notifications/{item['id']}/acknowledgement")
    mine = f"/directives/{made['id']}/receipts/{office.people['Người 0']}/passing-on"
    office.call("POST", mine, {"on": str(clock.today()), "to": "Hội nghị xã"})
    for days in (6, 8, 9):
        with clock.frozen(clock.now() + timedelta(days=days)):
            office.expand()
    assert [each["kind"] for each in office.inbox("Người 0")] == ["directive"]
    reminder = office.inbox("Người 1")[0]
    assert reminder["kind"] == "reminder" and reminder["reminder"]["kind"] == "directive_due"
    assert len(office.inbox("Người 1")) == 2


def test_by_the_link_it_is_read_and_passed_on_with_its_files(office: Office) -> None:
    """The token of the mail opens this directive's files and takes the report; no other token does."""
    content = b"%PDF-1.7 test"
    made = office.issue(
        files=[{"name": "Công văn.pdf", "content": b64encode(content).decode()}],
        links=[{"name": "Cổng", "url": "https://bentre.example/12"}],
    )
    (kept,) = [each for each in made["files"] if each["size"]]
    assert (kept["media_type"], kept["size"]) == ("application/pdf", len(content))
    (row,) = office.service.rows(
        "SELECT id FROM notifications WHERE channel = 'email' AND official_id = :who", who=office.people["Người 0"]
    )
    tokens = Tokens(office.service.settings.secret_key)
    link = f"{V1}/directive-links/{tokens.issue(row.id)}"
    answer = office.api.get(f"{link}/files/{kept['id']}")
    named = answer.headers["Content-Disposition"]
    assert answer.data == content and named.startswith("attachment; filename*=UTF-8''C%C3%B4ng") and named.isascii()
    assert office.call("GET", f"/directives/{made['id']}/files/{kept['id']}").data == content
    passed = {"on": str(clock.today()), "to": "Chi bộ ấp 1"}
    assert office.api.post(f"{link}/receipt", json=passed).json["passed_on_to"] == "Chi bộ ấp 1"
    assert office.api.get(f"{link}/receipt").json["passed_on"] == passed["on"]
    other = facts.recipient()
    office.service.tell(other)
    (row,) = office.service.rows(
        "SELECT id FROM notifications WHERE channel = 'email' AND official_id = :who", who=other["official_id"]
    )
    assert office.api.get(f"{V1}/directive-links/{tokens.issue(row.id)}/receipt").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit": "99999"}, "unit"),
        ({"unit": "28789", "posts": ["district_overseer"]}, "unit"),
        ({"posts": ["king"]}, "posts"),
        ({"levels": ["moon"]}, "levels"),
        ({"pass_on_by": "2020-01-01"}, "pass_on_by"),
        ({"remind_before_days": 2}, "pass_on_by"),
        ({"files": [{"name": "a.exe", "content": b64encode(b"MZ\x00\x01").decode()}]}, "files"),
        ({"files": [{"name": "a.txt", "content": "không"}]}, "files"),
        ({"links": [{"name": "a", "url": "javascript:alert(1)"}]}, "links"),
        ({"title": "x" * 301}, "title"),
        ({"body": "a\u0000b"}, "body"),
    ],
)
def test_bad_directives_name_the_field_and_tell_nobody(office: Office, changes: dict[str, Any], field: str) -> None:
    """Unknown unit, nobody there, unknown post or level, a day that is over, a file that is none of the kinds."""
    given = {"unit": "829", "issuer": "Tỉnh ủy", "title": "Hạn mặn", "body": "…", "posts": ["commune_follower"]}
    answer = office.call("POST", "/directives", given | changes)
    assert answer.status_code == 422 and [name.split(".")[0] for name in answer.json["errors"]] == [field]
    assert office.service.rows("SELECT 1 FROM directives UNION ALL SELECT 1 FROM notices") == []
    elsewhere = office.call("POST", "/directives", given, territories=("86/",))
    assert elsewhere.status_code == 403
