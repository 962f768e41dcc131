"""Somebody told of an escalation cannot be reached: others are sought, whatever is heard first."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.escalations.schemas import EscalationOutput
from shared.contracts.visits import ESCALATION_DECLINED, ESCALATION_UNREACHED
from shared.messaging.events import NewEvent
from tests.integration.visits.conftest import Api, Places, deliver
from tests.integration.visits.test_answers import AN, BINH, REJECTED, acknowledged, outbox, routed
from tests.support import facts
from tests.support.databases import statements

NAMES = {AN: "Nguyễn Văn An", BINH: "Lê Thị Bình"}


def unreached(escalation: dict[str, Any], who: UUID = AN, minutes: int = 1, **changes: Any) -> NewEvent:
    """No channel is left for one of them."""
    given = {"escalation_id": UUID(escalation["id"]), "issue_id": UUID(escalation["issue_id"])}
    given |= {"official_id": who, "full_name": NAMES[who]}
    return facts.official_unreached(**given | {"unreached_at": facts.MOMENT + timedelta(minutes=minutes)} | changes)


def asked(sessions: sessionmaker[Session]) -> list[dict[str, Any]]:
    """What assignments is asked."""
    return outbox(sessions, ESCALATION_UNREACHED)


@pytest.fixture
def escalation(api: Api, places: Places) -> dict[str, Any]:
    """An escalated issue."""
    return api.escalate(api.report())


def test_assignments_is_asked_whom_it_falls_to(
    api: Api, escalation: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """Naming all who are out of reach and all who know, whose it is not among them; the escalation shows it."""
    deliver(visits_db, routed(escalation))
    deliver(visits_db, unreached(escalation))
    no = facts.answered(
        "declined", 2, escalation_id=UUID(escalation["id"]), official_id=BINH, full_name="Lê Thị Bình"
    )
    deliver(visits_db, no)
    deliver(visits_db, unreached(escalation, minutes=3))
    first, second = asked(visits_db)
    assert (first["seek"], first["unreached"], first["declined"]) == (True, [str(AN)], [])
    assert set(first["told"]) == {str(AN), str(BINH)} and first["at"] == "2026-03-02"
    assert (second["unreached"], second["declined"]) == ([str(AN)], [str(BINH)])
    assert outbox(visits_db, ESCALATION_DECLINED)[0]["unreached"] == [str(AN)]
    [shown] = api.get(f"/issues/{escalation['issue_id']}/escalations").json["items"]
    assert EscalationOutput().validate(shown) == {}
    at = {each["full_name"]: each["unreached_at"] for each in shown["recipients"]}
    assert at == {"Nguyễn Văn An": "2026-03-02T01:33:00+00:00", "Lê Thị Bình": None}


def test_also_when_somebody_else_has_it(escalation: dict[str, Any], visits_db: sessionmaker[Session]) -> None:
    """Everybody responsible is to hear of it; of a closed issue, or another step, nobody is."""
    deliver(visits_db, routed(escalation))
    deliver(visits_db, acknowledged(escalation, BINH))
    deliver(visits_db, unreached(escalation))
    assert asked(visits_db)[0]["seek"] is True


def test_what_is_closed_or_climbed_seeks_nobody(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """That somebody is out of reach is worth knowing all the same."""
    closed, climbed = api.report(), api.report()
    escalations = [api.escalate(closed), api.escalate(climbed)]
    api.post(f"/issues/{closed['id']}/moves", REJECTED, **{"If-Match": "*"})
    api.escalate(climbed)
    for each in escalations:
        deliver(visits_db, unreached(each))
    assert [each["seek"] for each in asked(visits_db)] == [False, False]


@pytest.mark.parametrize("said", ["acknowledged", "handed_over"])
def test_who_has_said_something_since_was_reached(
    escalation: dict[str, Any], visits_db: sessionmaker[Session], said: str
) -> None:
    """Whether it was heard before or after; what was said before they were told again does not count."""

    def saying(minutes: int) -> NewEvent:
        if said == "acknowledged":
            return acknowledged(escalation, minutes=minutes)
        at = facts.MOMENT + timedelta(minutes=minutes)
        ids = {"escalation_id": UUID(escalation["id"]), "issue_id": UUID(escalation["issue_id"])}
        to = {"to_official_id": BINH, "to_full_name": "Lê Thị Bình"}
        return facts.answered(
            "handed_over", 2, official_id=AN, full_name="Nguyễn Văn An", answered_at=at, **ids, **to
        )

    deliver(visits_db, saying(minutes=9))
    deliver(visits_db, unreached(escalation))
    assert asked(visits_db) == []
    if said == "handed_over":
        deliver(visits_db, unreached(escalation, minutes=20))
        assert len(asked(visits_db)) == 1


def test_what_goes_back_to_its_giver_stands_on_the_timeline(
    api: Api, escalation: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """Nobody else is sought: the giver has been told."""
    to = {"to_official_id": BINH, "to_full_name": "Lê Thị Bình"}
    deliver(visits_db, unreached(escalation, reason="no address", **to), times=2)
    lines = api.get(f"/issues/{escalation['issue_id']}/timeline").json["items"]
    [line] = [each["text"] for each in lines if each["kind"] == "rerouted"]
    assert line["vi"] == "Không liên lạc được với Nguyễn Văn An (chưa có địa chỉ thư); đã báo cho: Lê Thị Bình."
    assert all((each["seek"], each["to_full_name"]) == (False, "Lê Thị Bình") for each in asked(visits_db))


def test_the_timeline_says_whom_it_fell_to(
    api: Api, escalation: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """Or who knew of it, or that nobody is left; and the new one is a recipient."""
    by = {"official_id": AN, "full_name": "Nguyễn Văn An", "reason": "RCPT: 550 no such user"}
    given = {"escalation_id": UUID(escalation["id"]), "declined_by": by, "way": "unreached"}
    aware = [{"official_id": BINH, "full_name": "Lê Thị Bình"}]
    deliver(visits_db, facts.rerouted(recipients=[facts.recipient("Võ Thị Sáu")], **given), times=2)
    deliver(visits_db, facts.rerouted(recipients=[], aware=aware, **given))
    deliver(visits_db, facts.rerouted(recipients=[], **given))
    lines = api.get(f"/issues/{escalation['issue_id']}/timeline").json["items"]
    start = "Không liên lạc được với Nguyễn Văn An (RCPT: 550 no such user); "
    assert [each["text"]["vi"] for each in lines if each["kind"] == "rerouted"] == [
        f"{start}đã báo cho: Võ Thị Sáu (Cán bộ tỉnh theo dõi xã, Xã Bình Phú).",
        f"{start}Lê Thị Bình đã được báo từ trước, không còn ai khác để báo.",
        f"{start}không còn ai khác để báo.",
    ]
    [shown] = api.get(f"/issues/{escalation['issue_id']}/escalations").json["items"]
    assert [each["full_name"] for each in shown["recipients"]] == ["Võ Thị Sáu"]


def test_the_order_of_arrival_makes_no_difference(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The routing, two out of reach, and the failure of one: in all 24 orders, each delivered twice, the people end
    the same, and the last question leaves out both."""
    ends = set()
    for order in permutations(range(4)):
        issue = api.report()
        escalation = api.escalate(issue)
        ids = {"escalation_id": UUID(escalation["id"]), "issue_id": UUID(issue["id"])}
        failed = facts.failed(official_id=AN, **ids)
        news = [routed(escalation), unreached(escalation), unreached(escalation, BINH), failed]
        for position in order:
            deliver(visits_db, news[position], times=2)
        [shown] = api.get(f"/issues/{issue['id']}/escalations").json["items"]
        last = [each for each in asked(visits_db) if each["escalation_id"] == escalation["id"]][-1]
        people = [(each["full_name"], each["unreached_at"], str(each["reasons"])) for each in shown["recipients"]]
        ends.add(str((people, sorted(last["unreached"]), last["seek"])))
    assert len(ends) == 1


def test_many_cost_no_more_statements(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """A batch is a constant number of them."""

    def cost(count: int) -> int:
        news = [unreached(api.escalate(api.report()), who) for _ in range(count) for who in (AN, BINH)]
        with statements(visits_db) as sent:
            deliver(visits_db, *news)
        return len(sent)

    assert cost(2) == cost(6)
    with visits_db() as session:
        assert (
            session.scalar(text("SELECT count(*) FROM escalation_recipients WHERE unreached_at IS NOT NULL")) == 16
        )
