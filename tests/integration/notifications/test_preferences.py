"""Told as each official wishes, and as the rules want it whatever they wish."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.notifications.preferences.rules import WEEKDAYS, default_wishes, fault
from services.notifications.preferences.schemas import PREFERENCES_INPUT_EXAMPLE
from shared import clock
from shared.ids import uuid7
from tests.integration.notifications.conftest import Service
from tests.support import facts
from tests.support.databases import statements
from tests.support.tokens import bearer

BASE = "/api/notifications/v1"
NIGHT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # Monday 22:30 in Việt Nam
MORNING = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)  # Tuesday 06:00
NIGHTS = [{"weekdays": list(WEEKDAYS), "starts": "21:00", "ends": "06:00"}]


def wish(service: Service, official: Any, language: str | None = None, **changes: Any) -> None:
    """Have an official wish something, past the API."""
    with service.sessions.begin() as session:
        session.execute(
            text(
                "INSERT INTO preferences (official_id, language, wishes, version) "
                "VALUES (:id, :language, :wishes, 1) "
                "ON CONFLICT (official_id) DO UPDATE SET wishes = excluded.wishes"
            ),
            {"id": official, "language": language, "wishes": orjson.dumps(default_wishes() | changes).decode()},
        )


def telling(when: str = "now", channels: tuple[str, ...] = ("email", "inapp")) -> dict[str, Any]:
    """The same wish for every importance but what is given."""
    return {each: {"when": when, "channels": list(channels)} for each in ("low", "normal", "high")} | {
        "critical": {"when": "now", "channels": list(channels)}
    }


def escalate(service: Service, person: dict[str, Any], severity: str, step: int = 1) -> UUID:
    """Tell one person of an escalation of that severity."""
    return service.tell(person, issue=facts.issue_facts(severity=severity), step=step)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """At that time."""
    with clock.frozen(instant):
        yield


@pytest.mark.parametrize(
    ("severity", "expected"), [("critical", NIGHT), ("high", MORNING), ("normal", MORNING), ("low", MORNING)]
)
def test_quiet_hours_hold_back_all_but_what_is_critical(
    service: Service, severity: str, expected: datetime
) -> None:
    """At night e-mail is due in the morning, the inbox has it at once; what is critical goes through."""
    person = facts.recipient()
    wish(service, person["official_id"], quiet_hours=NIGHTS)
    with at(NIGHT):
        escalate(service, person, severity)
    email, inapp = service.rows("SELECT * FROM notifications ORDER BY channel")
    assert (email.state, email.due_at) == ("pending", expected)
    assert (inapp.state, inapp.due_at, inapp.sent_at) == ("sent", None, NIGHT)


def test_days_off_hold_back_no_longer_than_the_rule_allows(service: Service) -> None:
    """A week off: an escalation that matters much comes after 12 hours, a reminder after the week."""
    person = facts.recipient()
    wish(service, person["official_id"], days_off=[{"first": "2026-03-02", "last": "2026-03-08"}])
    with at(NIGHT):
        escalate(service, person, "high")
        service.deliver(facts.reminded(recipients=[{k: person[k] for k in ("official_id", "full_name")}]))
    assert [row.due_at for row in service.emails()] == [
        NIGHT + timedelta(hours=12),
        datetime(2026, 3, 8, 17, 0, tzinfo=UTC),
    ]


def test_a_higher_step_matters_more(service: Service) -> None:
    """What is ordinary at the first step is high at the second, and waits no longer than high may."""
    person = facts.recipient()
    wish(service, person["official_id"], days_off=[{"first": "2026-03-02", "last": "2026-03-08"}])
    with at(NIGHT):
        escalate(service, person, "high", step=3)
    assert service.emails()[0].due_at == NIGHT


def test_the_clock_is_that_of_the_settings(service: Service) -> None:
    """22:30 in Việt Nam is 16:30 in Berlin, where nobody sleeps yet."""
    person = facts.recipient()
    wish(service, person["official_id"], quiet_hours=NIGHTS)
    with service.sessions.begin() as session:
        session.execute(text("UPDATE telling_settings SET time_zone = 'Europe/Berlin'"))
    with at(NIGHT):
        escalate(service, person, "normal")
    assert service.emails()[0].due_at == NIGHT


def test_a_channel_that_the_rules_name_cannot_be_switched_off(service: Service) -> None:
    """Who wants no e-mail gets that of escalations, and none of reminders; the inbox has both."""
    person = facts.recipient()
    wish(service, person["official_id"], telling=telling(channels=()))
    escalate(service, person, "low")
    service.deliver(facts.reminded(recipients=[{k: person[k] for k in ("official_id", "full_name")}]))
    rows = service.rows(
        "SELECT kind, channel FROM notifications n JOIN notices m ON m.id = notice_id ORDER BY 1, 2"
    )
    assert [tuple(row) for row in rows] == [
        ("escalation", "email"),
        ("escalation", "inapp"),
        ("reminder", "inapp"),
    ]


def test_a_third_channel_named_by_a_rule_reaches_those_without_wishes(service: Service) -> None:
    """Critical escalations by SMS, too, for everybody; other ones as before."""
    with service.sessions.begin() as session:
        session.execute(
            text('UPDATE telling_rules SET floor = \'["email", "inapp", "sms"]\' WHERE detail = \'critical\'')
        )
    escalate(service, facts.recipient(), "critical")
    escalate(service, facts.recipient(), "high")
    rows = service.rows("SELECT channel, state FROM notifications ORDER BY created_at, channel")
    assert [tuple(row) for row in rows] == [
        ("email", "pending"),
        ("inapp", "sent"),
        ("sms", "pending"),
        ("email", "pending"),
        ("inapp", "sent"),
    ]


def test_wishes_cost_a_few_statements_more_and_no_more_for_many(service: Service) -> None:
    """200 escalations to people who all wish something are written by as many statements as one, storm or not."""
    people = [facts.recipient() for _ in range(5)]
    for person in people:
        wish(service, person["official_id"], quiet_hours=NIGHTS)
    with statements(service.sessions) as plain:
        service.deliver(facts.routed(recipients=[facts.recipient()]))
    with statements(service.sessions) as many:
        service.deliver(*(facts.routed(n, recipients=people) for n in range(200)))
    assert len(many) == len(plain) + 4  # the rules, the settings, what came before, the rows
    assert service.rows("SELECT count(*) FROM notifications")[0][0] == (1 + 200 * 5) * 2


_wishes = st.fixed_dictionaries(
    {
        "telling": st.fixed_dictionaries(
            {
                each: st.fixed_dictionaries(
                    {
                        "channels": st.lists(st.sampled_from(["email", "inapp", "sms"]), max_size=3),
                        "when": st.just("now") if each == "critical" else st.sampled_from(["now", "digest"]),
                    }
                )
                for each in ("low", "normal", "high", "critical")
            }
        ),
        "quiet_hours": st.lists(
            st.fixed_dictionaries(
                {
                    "weekdays": st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7),
                    "starts": st.sampled_from(["00:00", "06:00", "21:00", "23:59"]),
                    "ends": st.sampled_from(["00:01", "05:00", "12:00", "23:00"]),
                }
            ),
            max_size=3,
        ),
        "weekdays_off": st.lists(st.sampled_from(WEEKDAYS), max_size=6),
        "holidays_off": st.booleans(),
        "days_off": st.just([]) | st.just([{"first": "2026-02-10", "last": "2026-04-09"}]),
        "digest_times": st.lists(st.sampled_from(["00:00", "07:30", "23:59"]), min_size=1, max_size=3),
        "optional_digest": st.booleans(),
    }
)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    _wishes,
    st.sampled_from(["low", "normal", "high", "critical", "unheard_of"]),
    st.integers(1, 4),
    st.integers(0, 60 * 24 * 20),
)
def test_whatever_is_wished_every_mandatory_notification_is_there(
    service: Service, wishes: dict[str, Any], severity: str, step: int, minutes: int
) -> None:
    """Each channel that the rules name has a row that is sent, or due no later than the rule allows."""
    if fault(wishes):
        return  # refused by the API
    person, now = facts.recipient(), datetime(2026, 2, 8, tzinfo=UTC) + timedelta(minutes=minutes)
    wish(service, person["official_id"], **wishes)
    with at(now):
        notice = service.tell(
            person, issue=facts.issue_facts(severity=severity, unit_path=f"{uuid7()}/"), step=step
        )
    rows = service.rows("SELECT * FROM notifications WHERE notice_id = :id", id=notice)
    (rule,) = service.rows(
        "SELECT * FROM telling_rules WHERE kind = 'escalation' AND detail IN (:detail, 'any') "
        "ORDER BY detail = 'any' LIMIT 1",
        detail=severity,
    )
    found = {row.channel: row for row in rows}
    assert len(found) == len(rows) and set(rule.floor) <= set(found)
    for row in rows:
        due = row.state == "pending" and now <= row.due_at <= now + timedelta(hours=rule.longest_wait_hours)
        assert due or (row.state == "sent" and row.channel == "inapp"), row
    if rule.importance == "critical":
        assert found["email"].due_at == now


def put(api: FlaskClient, official: Any, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
    """Set wishes, as a client of everywhere unless told otherwise."""
    return api.put(f"{BASE}/preferences/{official}", json=body, headers=(headers or bearer()) | {"If-Match": "*"})


def official(service: Service) -> UUID:
    """An official the service has heard of."""
    new = facts.official_changed()
    service.deliver(new)
    made: UUID = new.data["official_id"]
    return made


def test_an_official_sets_their_own(api: FlaskClient, service: Service) -> None:
    """With a token that speaks for them, of any territory; the next change names the version."""
    me, other = official(service), official(service)
    mine = bearer(scopes=["notifications:read"], territories=("83/829/",), official=str(me), sub=str(me))
    answer = api.get(f"{BASE}/preferences/{me}", headers=mine)
    assert (answer.status_code, answer.json["version"], answer.headers["ETag"]) == (200, 0, '"0"')
    assert answer.json["telling"]["low"] == {"channels": ["email", "inapp"], "when": "now"}
    changed = api.put(
        f"{BASE}/preferences/{me}", json=PREFERENCES_INPUT_EXAMPLE, headers=mine | {"If-Match": '"0"'}
    )
    assert (changed.status_code, changed.json["version"], changed.json["changed_by"]) == (200, 1, "official")
    assert {name: changed.json[name] for name in PREFERENCES_INPUT_EXAMPLE} == PREFERENCES_INPUT_EXAMPLE
    stale = api.put(f"{BASE}/preferences/{me}", json=PREFERENCES_INPUT_EXAMPLE, headers=mine | {"If-Match": '"0"'})
    assert stale.status_code == 412
    assert api.get(f"{BASE}/preferences/{other}", headers=mine).status_code == 404
    assert put(api, other, PREFERENCES_INPUT_EXAMPLE, mine).status_code == 404
    reader = bearer(scopes=["notifications:read"])
    assert api.get(f"{BASE}/preferences/{me}", headers=reader).json["version"] == 1
    assert put(api, me, PREFERENCES_INPUT_EXAMPLE, reader).status_code == 403
    assert put(api, me, PREFERENCES_INPUT_EXAMPLE).json["changed_by"] == "client:tester"
    assert put(api, uuid7(), PREFERENCES_INPUT_EXAMPLE).status_code == 404


ALL_DAY = [
    {"weekdays": list(WEEKDAYS), "starts": "00:00", "ends": "12:00"},
    {"weekdays": list(WEEKDAYS), "starts": "12:00", "ends": "00:00"},
]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quiet_hours": ALL_DAY}, "quiet_hours"),
        ({"quiet_hours": ALL_DAY[:1], "weekdays_off": list(WEEKDAYS)}, "weekdays_off"),
        ({"quiet_hours": NIGHTS, "digest_times": ["22:00", "05:59"]}, "digest_times"),
        ({"quiet_hours": [NIGHTS[0] | {"ends": "21:00"}]}, "quiet_hours.0.ends"),
        ({"quiet_hours": [NIGHTS[0] | {"ends": "24:00"}]}, "quiet_hours.0.ends"),
        ({"quiet_hours": [NIGHTS[0] | {"weekdays": ["t7"]}]}, "quiet_hours.0.weekdays.0"),
        ({"days_off": [{"first": "2026-03-02", "last": "2026-03-01"}]}, "days_off.0.last"),
        ({"days_off": [{"first": "2026-03-02", "last": "2026-05-30"}]}, "days_off.0.last"),
        ({"digest_times": []}, "digest_times"),
        ({"language": "fr"}, "language"),
        ({"telling": telling() | {"critical": {"when": "digest", "channels": []}}}, "telling.critical.when"),
        ({"telling": telling() | {"low": {"when": "now", "channels": ["pigeon"]}}}, "telling.low.channels.0"),
    ],
)
def test_wishes_under_which_nobody_can_be_reached_are_refused(
    api: FlaskClient, service: Service, changes: dict[str, Any], field: str
) -> None:
    """A window that never opens, hours and days that do not exist: 422 names the field, nothing is kept."""
    me = official(service)
    answer = put(api, me, deepcopy(PREFERENCES_INPUT_EXAMPLE) | changes)
    assert answer.status_code == 422 and field in answer.json["errors"], answer.text
    assert api.get(f"{BASE}/preferences/{me}", headers=bearer()).json["version"] == 0


def test_rules_are_set_by_whose_territory_is_everything(api: FlaskClient, service: Service) -> None:
    """A reminder of one kind gets a rule of its own and loses it again; a general rule stays; elsewhere is 403."""
    body = {"importance": "high", "raised_from_step": None, "floor": ["email", "inapp"], "longest_wait_hours": 2}
    path = f"{BASE}/telling-rules/reminder/visit_overdue"
    local = bearer(territories=("83/",)) | {"If-Match": "*"}
    assert api.put(path, json=body | {"source": "Quy định 02"}, headers=local).status_code == 403
    headers = bearer() | {"If-Match": "*"}
    answer = api.put(path, json=body | {"source": "Quy định 02"}, headers=headers)
    assert (answer.status_code, answer.json["version"]) == (200, 1)
    person = facts.recipient()
    wish(service, person["official_id"], telling=telling(channels=()))
    service.deliver(facts.reminded(recipients=[{k: person[k] for k in ("official_id", "full_name")}]))
    assert len(service.emails()) == 1
    assert api.delete(path, headers=headers).status_code == 204
    assert api.get(path, headers=headers).status_code == 404
    assert api.delete(f"{BASE}/telling-rules/reminder/any", headers=headers).status_code == 409
    assert (
        api.put(f"{BASE}/telling-rules/rumour/any", json=body | {"source": "x"}, headers=headers).status_code == 404
    )


def test_settings_name_a_time_zone_that_exists(api: FlaskClient) -> None:
    """Else 422 names it."""
    headers = bearer() | {"If-Match": "*"}
    good = {"time_zone": "Asia/Bangkok", "storm_from": 5, "storm_within": 60, "storm_gather": 30, "source": "x"}
    assert api.put(f"{BASE}/telling-settings", json=good, headers=headers).json["version"] == 2
    shown = [
        api.put(f"{BASE}/telling-settings", json=good | more, headers=headers).json
        for more in ({}, {"unknown_for": 0})
    ]
    assert [each["unknown_for"] for each in shown] == [300, 0]
    assert api.put(f"{BASE}/telling-settings", json=good | {"unknown_for": -1}, headers=headers).status_code == 422
    bad = api.put(f"{BASE}/telling-settings", json=good | {"time_zone": "Asia/Atlantis"}, headers=headers)
    assert bad.status_code == 422 and "time_zone" in bad.json["errors"]


def test_a_test_message_goes_at_once(api: FlaskClient, service: Service) -> None:
    """In the middle of the night, over the channels for what is critical; each is new, and the seventh in an hour
    is refused."""
    me = official(service)
    critical = telling() | {"critical": {"when": "now", "channels": ["email", "inapp", "sms"]}}
    wish(service, me, quiet_hours=NIGHTS, telling=critical)
    mine = bearer(scopes=["notifications:read"], territories=("83/829/",), official=str(me), sub=str(me))
    path = f"{BASE}/preferences/{me}/test"
    with at(NIGHT):
        answers = [api.post(path, headers=mine) for _ in range(7)]
    assert [each.status_code for each in answers] == [202] * 6 + [429]
    written = {each["channel"]: each["state"] for each in answers[0].json["notifications"]}
    assert written == {"email": "pending", "inapp": "sent", "sms": "pending"}
    assert {row.due_at for row in service.emails()} == {NIGHT}
    inbox = api.get(f"{BASE}/inbox?official={me}", headers=mine).json["items"]
    assert len(inbox) == 6 and inbox[0]["reminder"]["title_vi"] == "Thư thử"
    assert api.post(f"{BASE}/preferences/{official(service)}/test", headers=mine).status_code == 404
