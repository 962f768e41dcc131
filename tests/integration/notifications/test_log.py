"""The log: searched by everything it holds, and what was asked of a provider."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from shared import clock
from shared.ids import uuid7
from shared.search import words
from tests.integration.notifications.conftest import Service, address
from tests.support import facts
from tests.support.smtp_sink import SmtpSink
from tests.support.tokens import bearer

V1 = "/api/notifications/v1"
Call = Callable[..., Any]

START = datetime(2026, 3, 1, tzinfo=UTC)
PATHS = ("83/829/28789/", "83/829/28783/", "83/834/28993/", "86/855/29542/")
KINDS = ("escalation", "handover", "reminder", "directive")
ERRORS = (None, "RCPT: 550 5.1.1 no such user", "Hộp thư Đầy, thử lại sau", "no contact", "450 busy")
PROVIDERS = ("a.example:25", "b.example:587")
OUTCOMES = ("sent", "temporary", "permanent")
OFFICIALS = tuple(uuid7() for _ in range(6))


@pytest.fixture
def call(api: FlaskClient) -> Call:
    """A request with a token of all scopes, everywhere unless told otherwise."""

    def call(method: str, path: str, territories: tuple[str, ...] = ("",), **kwargs: Any) -> Any:
        headers = (
            bearer(kwargs.pop("scopes"), territories) if "scopes" in kwargs else bearer(territories=territories)
        )
        return api.open(V1 + path, method=method, headers=headers, **kwargs)

    return call


def everything(call: Call, path: str, territories: tuple[str, ...], query: dict[str, Any]) -> list[dict[str, Any]]:
    """All pages of a list."""
    items, cursor = [], None
    while True:
        page = call(
            "GET", path, territories, query_string=query | {"limit": 7} | ({"cursor": cursor} if cursor else {})
        )
        assert page.status_code == 200, page.text
        items += page.json["items"]
        cursor = page.json["next_cursor"]
        if cursor is None:
            return items


class World:
    """Rows made up at random, and the same as Python has them."""

    def __init__(self, service: Service, seed: int) -> None:
        self.dice = random.Random(seed)
        self.told: list[dict[str, Any]] = []
        self.tried: list[dict[str, Any]] = []
        with service.sessions.begin() as session:
            for number in range(40):
                self._notice(session, number)

    def _notice(self, session: Any, number: int) -> None:
        dice, kind, path = self.dice, self.dice.choice(KINDS), self.dice.choice(PATHS)
        code = f"BT-2026-{number % 12:06d}" if kind != "directive" else None
        notice = {
            "id": uuid7(), "kind": kind, "about": uuid7() if kind == "handover" else None,
            "issue": UUID(int=number % 12) if code else None, "code": code, "path": path,
            "facts": json.dumps(_facts(kind, number, path), default=str),
        }  # fmt: skip
        session.execute(
            text(
                "INSERT INTO notices (id, kind, about_id, issue_id, issue_code, unit_path, facts, correlation_id, "
                "traceparent, created_at) VALUES (:id, :kind, :about, :issue, :code, :path, :facts, '', '', now())"
            ),
            notice,
        )
        for official in dice.sample(OFFICIALS, dice.randint(1, 3)):
            self._told(session, notice, official)

    def _told(self, session: Any, notice: dict[str, Any], official: UUID) -> None:
        dice = self.dice
        state = dice.choice(("pending", "sent", "failed"))
        row = {
            "id": uuid7(), "notice": notice["id"], "official": official, "channel": dice.choice(("email", "sms")),
            "at": START + timedelta(hours=dice.randint(0, 240)), "state": state, "error": dice.choice(ERRORS),
            "waiting": dice.choice((None, "no_contact", "no_address")) if state == "pending" else None,
        }  # fmt: skip
        session.execute(
            text(
                "INSERT INTO notifications (id, notice_id, official_id, channel, full_name, reasons, created_at,"
                " state, due_at, waiting, last_error, error_words) VALUES (:id, :notice, :official, :channel,"
                " 'A', '[]', :at, :state, CASE WHEN :state = 'pending' THEN CAST(:at AS timestamptz) END, :waiting,"
                " :error, array_to_tsvector(CAST(:words AS text[])))"
            ),
            row | {"words": words(row["error"]) if row["error"] else None},
        )
        attempts = [self._tried(session, row) for _ in range(dice.randint(0, 2))]
        self.told.append(row | {"said": notice, "attempts": attempts})

    def _tried(self, session: Any, row: dict[str, Any]) -> dict[str, Any]:
        dice = self.dice
        tried = {
            "id": uuid7(), "told": row["id"], "at": row["at"] + timedelta(hours=dice.randint(0, 48)),
            "provider": dice.choice(PROVIDERS), "outcome": dice.choice(OUTCOMES),
            "code": dice.choice((None, 250, 550)),
        }  # fmt: skip
        session.execute(
            text(
                "INSERT INTO delivery_attempts (notification_id, id, at, provider, outcome, code, answer, seconds) "
                "VALUES (:told, :id, :at, :provider, :outcome, :code, '', 0)"
            ),
            tried,
        )
        self.tried.append(tried | {"row": row})
        return tried

    def filters(self) -> dict[str, Any]:
        """Some conditions, most of which something fulfils."""
        dice = self.dice
        one = dice.choice(self.told)
        since = START + timedelta(hours=dice.randint(0, 240))
        possible = {
            "state": dice.choice(("pending", "sent", "failed")),
            "channel": dice.choice(("email", "sms")),
            "kind": dice.choice(KINDS),
            "official": str(dice.choice(OFFICIALS)),
            "issue": dice.choice((f"BT-2026-{dice.randint(0, 13):06d}", "bt-2026-000003", str(UUID(int=3)))),
            "escalation": str(dice.choice((one["notice"], one["said"]["about"] or uuid7()))),
            "unit": dice.choice(("83/", "83/829/", *PATHS)),
            "from": since.isoformat(),
            "until": (since + timedelta(hours=dice.randint(1, 240))).isoformat(),
            "provider": dice.choice(PROVIDERS),
            "outcome": dice.choice(OUTCOMES),
            "error": dice.choice(
                ("NO SUCH", "hop thu day", "thư  dày", "5.1", "busy", "thu lai sa", "lai s thu", "xyz")
            ),
            "waiting": dice.choice(("no_contact", "no_address")),
        }
        return {name: possible[name] for name in dice.sample(sorted(possible), dice.randint(0, 3))}


def _facts(kind: str, number: int, path: str) -> dict[str, Any]:
    if kind in ("escalation", "handover"):
        said: dict[str, Any] = {"step": 1, "issue": facts.issue_facts(number, unit_path=path)}
        return said | ({"passed": None} if kind == "handover" else {})
    return facts.reminded().data if kind == "reminder" else DIRECTIVE


DIRECTIVE = {
    "directive_id": uuid7(), "purpose": "issued", "reason": None, "number": None, "issuer": "A", "title": "B",
    "body": "C", "must_read": False, "pass_on_by": None, "unit_name": "D", "edition": 1, "files": [],
}  # fmt: skip


def fits(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """The reference: slow and plain."""
    said = row["said"]
    checks: dict[str, Callable[[Any], bool]] = {
        "state": lambda value: row["state"] == value,
        "channel": lambda value: row["channel"] == value,
        "kind": lambda value: said["kind"] == value,
        "official": lambda value: str(row["official"]) == value,
        "issue": lambda value: value.upper() == said["code"] or value == str(said["issue"]),
        "escalation": lambda value: value in (str(row["notice"]), str(said["about"])),
        "unit": lambda value: said["path"].startswith(value),
        "from": lambda value: row["at"] >= datetime.fromisoformat(value),
        "until": lambda value: row["at"] < datetime.fromisoformat(value),
        "error": lambda value: found_in(value, row["error"]),
        "waiting": lambda value: row["waiting"] == value,
        "provider": lambda value: tried_so(row, wanted),
        "outcome": lambda value: tried_so(row, wanted),
    }
    return all(checks[name](value) for name, value in wanted.items())


def tried_so(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """One attempt was over that provider and ended so."""
    same = {name: wanted[name] for name in ("provider", "outcome") if name in wanted}
    return any(all(each[name] == value for name, value in same.items()) for each in row["attempts"])


def found_in(sought: str, error: str | None) -> bool:
    """All words but the last stand there whole; the last may be unfinished."""
    there = words(error or "")
    *whole, last = words(sought)
    return all(word in there for word in whole) and any(word.startswith(last) for word in there)


@pytest.mark.parametrize("seed", range(3))
def test_any_filters_find_what_a_slow_reference_finds(service: Service, call: Call, seed: int) -> None:
    """Whatever conditions are combined, in whatever territory: the same rows, each once, in their order."""
    world = World(service, seed)
    found_some = 0
    for _ in range(60):
        wanted = world.filters()
        territories = world.dice.choice((("",), ("83/",), ("83/829/", "86/"), ("83/834/28993/",), ()))
        items = everything(call, "/notifications", territories, wanted)
        inside = [row for row in world.told if row["said"]["path"].startswith(territories or ("none",))]
        pending = wanted.get("state") == "pending"
        timed = pending or "from" in wanted or "until" in wanted
        rows = [row for row in inside if fits(row, wanted)]
        rows.sort(key=lambda row, timed=timed: (timed and row["at"], row["id"]), reverse=not pending)
        expected = [str(row["id"]) for row in rows]
        assert [each["id"] for each in items] == expected
        found_some += bool(expected)
    assert found_some > 20


def test_attempts_are_listed_and_narrowed_like_a_slow_reference_says(service: Service, call: Call) -> None:
    """By provider, outcome, code, channel, time and notification; newest first, inside the territory."""
    world = World(service, 7)
    paths = {row["id"]: row["said"]["path"] for row in world.told}
    dice = world.dice
    for _ in range(60):
        since = START + timedelta(hours=dice.randint(0, 280))
        possible: dict[str, tuple[Any, Callable[[dict[str, Any]], bool]]] = {
            "provider": (PROVIDERS[0], lambda each: each["provider"] == PROVIDERS[0]),
            "outcome": ("temporary", lambda each: each["outcome"] == "temporary"),
            "code": (550, lambda each: each["code"] == 550),
            "channel": ("sms", lambda each: each["row"]["channel"] == "sms"),
            "from": (since.isoformat(), lambda each, at=since: each["at"] >= at),
            "until": (
                (since + timedelta(hours=60)).isoformat(),
                lambda each, at=since: each["at"] < at + timedelta(hours=60),
            ),
            "notification": (
                str(world.tried[3]["told"]),
                lambda each: each["told"] == world.tried[3]["told"],
            ),
        }
        chosen = dice.sample(sorted(possible), dice.randint(0, 2))
        territories = dice.choice((("",), ("83/829/",), ("86/",)))
        items = everything(call, "/delivery-attempts", territories, {name: possible[name][0] for name in chosen})
        expected = sorted(
            (each["at"], each["id"])
            for each in world.tried
            if paths[each["told"]].startswith(territories) and all(possible[name][1](each) for name in chosen)
        )
        assert [each["id"] for each in items] == [str(name) for _, name in reversed(expected)]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/notifications", {"from": "2026-03-02T00:00:00Z", "until": "2026-03-02T00:00:00Z"}, "until"),
        ("/notifications", {"from": "2026-03-02T00:00:00"}, "from"),
        ("/notifications", {"unit": "83/829"}, "unit"),
        ("/notifications", {"unit": "28789"}, "unit"),
        ("/notifications", {"error": "!?"}, "error"),
        ("/notifications", {"outcome": "lost"}, "outcome"),
        ("/notifications", {"waiting": "long"}, "waiting"),
        ("/delivery-attempts", {"from": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}, "until"),
        ("/delivery-attempts", {"code": "1000"}, "code"),
    ],
)
def test_a_wrong_filter_is_named(call: Call, path: str, query: dict[str, str], field: str) -> None:
    """422, with the field that is wrong."""
    answer = call("GET", path, query_string=query)
    assert answer.status_code == 422 and field in answer.json["errors"], answer.text


@pytest.fixture
def sent(service: Service, sink: SmtpSink) -> dict[str, Any]:
    """A mail that was accepted; the server's answer names the address."""
    me = facts.recipient()
    service.tell(me)
    sink.rules({"stage": "rcpt", "answer": f"450 4.2.1 <{address(me['official_id'])}> busy", "times": 1})
    sender = service.sender(sink.url)
    sender.send_due(service.sessions)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        sender.send_due(service.sessions)
    return {"address": address(me["official_id"]), "id": service.emails()[0].id}


def test_an_attempt_says_what_was_asked(call: Call, sent: dict[str, Any], sink: SmtpSink) -> None:
    """To which address, under which Message-ID, how many bytes; as the server got it."""
    last, first = call("GET", "/delivery-attempts").json["items"]
    assert (last["outcome"], first["outcome"]) == ("sent", "temporary")
    assert last["request"] == {
        "recipient": sent["address"],
        "message_id": f"<{sent['id']}@caunoi.example>",
        "size": last["request"]["size"],
        "method": None,
        "url": None,
    }
    assert 2_000 < last["request"]["size"] < 50_000
    assert first["request"]["recipient"] == sent["address"] and sent["address"] in first["answer"]
    detail = call("GET", f"/notifications/{sent['id']}").json
    assert [each["id"] for each in detail["delivery_attempts"]] == [first["id"], last["id"]]


@pytest.mark.parametrize(
    ("scopes", "territories"),
    [(["notifications:read"], ("",)), (["notifications:read", "notifications:configure"], ("83/",))],
)
def test_addresses_are_masked_for_who_may_not_see_contacts(
    call: Call, sent: dict[str, Any], scopes: list[str], territories: tuple[str, ...]
) -> None:
    """Without notifications:configure everywhere: a letter and the domain, also inside what providers said."""
    for path in ("/delivery-attempts", f"/notifications/{sent['id']}", "/notifications?channel=email"):
        answer = call("GET", path, territories, scopes=scopes)
        assert (
            answer.status_code == 200
            and sent["address"] not in answer.text
            and "o***@bentre.example" in answer.text
        )
