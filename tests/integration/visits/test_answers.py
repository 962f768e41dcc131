"""What comes back of an escalation: routing, acknowledgements, failures; in any order, any number of times."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.escalations.schemas import EscalationOutput
from services.visits.handlers import HANDLERS
from services.visits.timeline.schemas import TimelineEntryOutput
from shared.contracts.visits import ESCALATION_DECLINED, REMINDER_DUE
from shared.errors import NotFound
from shared.ids import uuid7
from shared.messaging.consumer import Consumer
from shared.messaging.events import NewEvent, read, write
from tests.integration.visits.conftest import BINH_PHU, DISTRICT, PROVINCE, TOWN, Api, Places, deliver, unit
from tests.support import facts
from tests.support.databases import statements

AN, BINH = uuid7(), uuid7()
REJECTED = {"move": "reject", "reason": "Báo nhầm địa bàn."}
TABLES = ("issues", "escalations", "escalation_recipients", "timeline")


def snapshot(sessions: sessionmaker[Session], *tables: str) -> dict[str, Any]:
    """All rows of some tables, to compare."""
    with sessions() as session:
        return {
            table: sorted(map(str, session.execute(text(f"SELECT * FROM {table}")).all()))
            for table in tables or TABLES
        }


def routed(escalation: dict[str, Any], **changes: Any) -> NewEvent:
    """An and Bình are told."""
    people = [facts.recipient("Nguyễn Văn An", official_id=AN), facts.recipient("Lê Thị Bình", official_id=BINH)]
    given = {"escalation_id": UUID(escalation["id"]), "step": escalation["step"], "recipients": people}
    return facts.routed(**given | changes)


def acknowledged(escalation: dict[str, Any], who: UUID = AN, minutes: int = 0, **changes: Any) -> NewEvent:
    """One of them has seen it."""
    name = "Nguyễn Văn An" if who == AN else "Lê Thị Bình"
    given = {"escalation_id": UUID(escalation["id"]), "issue_id": UUID(escalation["issue_id"]), "full_name": name}
    at = facts.MOMENT + timedelta(minutes=minutes)
    return facts.acknowledged(official_id=who, acknowledged_at=at, **given | changes)


@pytest.fixture
def issue(api: Api, places: Places) -> dict[str, Any]:
    """A reported issue."""
    return api.report()


def test_the_timeline_says_who_was_told_and_why(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """And which post was vacant; the escalation lists the people with their reasons."""
    escalation = api.escalate(issue)
    deliver(visits_db, routed(escalation), times=2)
    lines = api.get(f"/issues/{issue['id']}/timeline").json["items"]
    assert TimelineEntryOutput(many=True).validate(lines) == {}
    assert [line["kind"] for line in lines] == ["reported", "escalated", "told", "vacant"]
    assert lines[2]["text"]["vi"] == (
        "Đã báo cho 2 người: Nguyễn Văn An (Cán bộ tỉnh theo dõi xã, Xã Bình Phú); "
        "Lê Thị Bình (Cán bộ tỉnh theo dõi xã, Xã Bình Phú)."
    )
    [shown] = api.get(f"/issues/{issue['id']}/escalations").json["items"]
    assert EscalationOutput().validate(shown) == {}
    assert {person["full_name"] for person in shown["recipients"]} == {"Nguyễn Văn An", "Lê Thị Bình"}
    assert shown["recipients"][0]["reasons"] == [facts.reason()]
    assert shown["vacancies"][0]["fell_to"] == "district_standing_body"
    assert shown["routed_at"] and not shown["acknowledged"]


def test_the_first_acknowledgement_acknowledges_the_issue(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """Who comes later stands on the timeline too and moves nothing."""
    escalation = api.escalate(issue)
    deliver(visits_db, routed(escalation))
    deliver(visits_db, acknowledged(escalation))
    deliver(visits_db, acknowledged(escalation, BINH, minutes=5))
    shown = api.get(f"/issues/{issue['id']}").json
    assert (shown["state"], shown["version"]) == ("acknowledged", 3)
    [escalated] = api.get(f"/issues/{issue['id']}/escalations").json["items"]
    assert escalated["acknowledged"] == {
        "at": "2026-03-02T01:30:00+00:00",
        "official_id": str(AN),
        "full_name": "Nguyễn Văn An",
    }
    assert all(person["acknowledged_at"] for person in escalated["recipients"])
    lines = api.get(f"/issues/{issue['id']}/timeline").json["items"]
    assert [line["actor"]["name"] for line in lines if line["kind"] == "acknowledged"] == [
        "Nguyễn Văn An",
        "Lê Thị Bình",
    ]


def test_whoever_could_not_be_reached_stands_on_the_timeline(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """With the channel and the reason."""
    escalation = api.escalate(issue)
    failure = facts.failed(escalation_id=UUID(escalation["id"]), issue_id=UUID(issue["id"]))
    deliver(visits_db, failure, times=2)
    lines = api.get(f"/issues/{issue['id']}/timeline").json["items"]
    [line] = [line for line in lines if line["kind"] == "unreached"]
    assert line["text"]["en"] == "Could not reach Nguyễn Thị Hồng Đào by email: 550 5.1.1 mailbox unavailable"
    about = {name: failure.data[name] for name in ("notification_id", "escalation_id", "issue_id", "official_id")}
    deliver(visits_db, facts.arrived(**about), times=2)
    lines = api.get(f"/issues/{issue['id']}/timeline").json["items"]
    [line] = [line for line in lines if line["kind"] == "reached"]
    assert line["text"]["vi"] == "Gửi lại cho Nguyễn Thị Hồng Đào qua email: đã tới."


def test_the_order_of_arrival_makes_no_difference(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Routing, two acknowledgements, a failure: in all 24 orders, delivered twice, the rows end the same."""
    ends = set()
    for order in permutations(range(4)):
        issue = api.report()
        escalation = api.escalate(issue)
        ids = {"escalation_id": UUID(escalation["id"]), "issue_id": UUID(issue["id"])}
        news = [
            routed(escalation),
            acknowledged(escalation, BINH, minutes=5),
            acknowledged(escalation, AN),
            facts.failed(official_id=BINH, **ids),
        ]
        for position in order:
            deliver(visits_db, news[position], times=2)
        shown = api.get(f"/issues/{issue['id']}").json
        [escalated] = api.get(f"/issues/{issue['id']}/escalations").json["items"]
        lines = api.get(f"/issues/{issue['id']}/timeline").json["items"]
        people = [
            (each["full_name"], each["acknowledged_at"], str(each["reasons"])) for each in escalated["recipients"]
        ]
        kinds = sorted((line["kind"], line["text"]["vi"]) for line in lines)
        ends.add(str((shown["state"], shown["version"], escalated["acknowledged"], people, kinds)))
    assert len(ends) == 1


def test_an_acknowledgement_of_an_older_step_does_not_answer_the_newer(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """It is kept with its own escalation; the issue waits on for those of the higher step."""
    first, second = api.escalate(issue), api.escalate(issue)
    deliver(visits_db, acknowledged(first))
    assert api.get(f"/issues/{issue['id']}").json["state"] == "escalated"
    shown = api.get(f"/issues/{issue['id']}/escalations").json["items"]
    assert [bool(each["acknowledged"]) for each in shown] == [True, False]
    deliver(visits_db, acknowledged(second, BINH))
    assert api.get(f"/issues/{issue['id']}").json["state"] == "acknowledged"


def test_one_batch_may_hold_both_steps_of_an_issue(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """Several facts about one issue in one statement do not get into each other's way."""
    first, second = api.escalate(issue), api.escalate(issue)
    deliver(visits_db, routed(first), routed(second))
    late, double = acknowledged(second, BINH, minutes=1), acknowledged(second, AN, minutes=2, channel="in_app")
    deliver(visits_db, acknowledged(first), late, double, acknowledged(second, AN, minutes=3), times=2)
    shown = api.get(f"/issues/{issue['id']}").json
    assert (shown["state"], shown["version"]) == ("acknowledged", 4)
    lines = api.get(f"/issues/{issue['id']}/timeline").json["items"]
    assert [line["kind"] for line in lines].count("acknowledged") == 4
    escalated = api.get(f"/issues/{issue['id']}/escalations").json["items"][1]
    assert escalated["acknowledged"]["full_name"] == "Lê Thị Bình"
    assert [person["acknowledged_over"] for person in escalated["recipients"]] == ["email", "in_app"]


def test_an_acknowledged_issue_can_be_escalated_further(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """Seen is not solved."""
    deliver(visits_db, acknowledged(api.escalate(issue)))
    assert api.escalate(issue)["step"] == 2
    assert api.get(f"/issues/{issue['id']}").json["state"] == "escalated"


def test_facts_about_an_escalation_never_made_here_are_refused(
    visits_db: sessionmaker[Session], places: Places
) -> None:
    """They become dead letters, so that an operator sees a database older than its events."""
    for new in (facts.routed(), facts.acknowledged(), facts.failed()):
        with pytest.raises(NotFound):
            deliver(visits_db, new)


def test_a_poisonous_fact_does_not_stop_its_batch(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """The consumer sets it aside and handles the rest."""
    bodies = [
        write("notifications", new, None)[1] for new in (facts.acknowledged(), acknowledged(api.escalate(issue)))
    ]
    Consumer(visits_db, HANDLERS).handle(bodies)
    assert api.get(f"/issues/{issue['id']}").json["state"] == "acknowledged"
    with visits_db() as session:
        assert session.execute(text("SELECT count(*) FROM dead_letters")).scalar_one() == 1


@pytest.mark.parametrize(
    ("size", "number"), [(1, 21), (30, 21)]
)  # three read the calendar and the steps: once in seconds
def test_a_batch_costs_as_many_statements_as_one_event(
    api: Api, places: Places, visits_db: sessionmaker[Session], size: int, number: int
) -> None:
    """Routing, acknowledging, failing and units: the number of statements does not grow with the batch."""
    escalations = [api.escalate(api.report()) for _ in range(size)]
    ids = [{"escalation_id": UUID(each["id"]), "issue_id": UUID(each["issue_id"])} for each in escalations]
    with statements(visits_db) as seen:
        deliver(visits_db, *(routed(each) for each in escalations))
        deliver(visits_db, *(acknowledged(each) for each in escalations))
        deliver(visits_db, *(facts.failed(**each) for each in ids))
        deliver(visits_db, *(unit(f"83/829/{number:05}/", "Xã", "commune") for number in range(size)))
        deliver(visits_db, *(facts.hamlet_changed() for _ in range(size)))
        deliver(visits_db, facts.signing_key_changed())
    assert len(seen) == number


def test_a_place_is_stored_as_its_newest_fact_says(visits_db: sessionmaker[Session], places: Places) -> None:
    """Within a batch, across batches and out of order."""
    unit_id = places.units[BINH_PHU]
    names = {2: "Xã Bình Phú mới", 3: "Phường Bình Phú"}
    second, third = (unit(BINH_PHU, names[v], "commune", v, unit_id=unit_id) for v in (2, 3))
    deliver(visits_db, third, second)
    deliver(visits_db, second)
    with visits_db() as session:
        name = session.execute(text("SELECT name FROM units WHERE id = :id"), {"id": unit_id}).scalar_one()
    assert name == names[3]


def test_a_projection_wiped_and_told_again_is_equal(visits_db: sessionmaker[Session], places: Places) -> None:
    """Units, hamlets and keys are rebuilt from facts of the same versions, in another order and delivered twice."""
    paths = {PROVINCE: "province", TOWN: "district", DISTRICT: "district", BINH_PHU: "commune"}
    units = [unit(path, f"Nơi {path}", level, 4) for path, level in paths.items()]
    hamlets = [facts.hamlet_changed(2), facts.hamlet_changed(1)]
    key = facts.signing_key_changed(3)
    projections = ("units", "hamlets", "trusted_keys")

    def tell(*groups: list[NewEvent]) -> dict[str, Any]:
        with visits_db.begin() as session:
            for table in projections:
                session.execute(text(f"TRUNCATE {table}"))
        for group in groups:
            deliver(visits_db, *group, times=2)
        return snapshot(visits_db, *projections)

    assert tell(units, hamlets, [key]) == tell([key], hamlets[::-1], units[::-1])


def test_told_twice_is_told_once(api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]) -> None:
    """Every handler given the same events again leaves every row as it is."""
    escalation = api.escalate(issue)
    ids = {"escalation_id": UUID(escalation["id"]), "issue_id": UUID(issue["id"])}
    news = [routed(escalation), acknowledged(escalation), facts.failed(**ids), unit(BINH_PHU, "Xã", "commune", 9)]
    bodies = [read(write("x", new, None)[1]) for new in news]
    states = []
    for _ in range(2):
        for each in bodies:
            with visits_db.begin() as session:
                HANDLERS[each.type](session, [each])
        states.append(snapshot(visits_db, *TABLES, "units"))
    assert states[0] == states[1]


def answered(escalation: dict[str, Any], answer: str, version: int, who: UUID = AN, **changes: Any) -> NewEvent:
    """One of them says more than that."""
    name = "Nguyễn Văn An" if who == AN else "Lê Thị Bình"
    given = {"escalation_id": UUID(escalation["id"]), "issue_id": UUID(escalation["issue_id"]), "full_name": name}
    at = facts.MOMENT + timedelta(minutes=version)
    given |= {"answered_at": at, "acknowledged_at": at if answer == "taken" else None}
    return facts.answered(answer, version, official_id=who, **given | changes)


def outbox(sessions: sessionmaker[Session], event_type: str) -> list[dict[str, Any]]:
    """The data of the events of a type that were recorded."""
    with sessions() as session:
        found = session.execute(
            text("SELECT body FROM outbox WHERE type = :type ORDER BY seq"), {"type": event_type}
        )
        return [row.body["data"] for row in found]


def test_who_takes_it_handles_it_and_the_rest_hear_of_it_once(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """Taking acknowledges as well; one quiet reminder goes to the others, however often the fact is delivered."""
    escalation = api.escalate(issue)
    deliver(visits_db, routed(escalation))
    deliver(visits_db, answered(escalation, "taken", 2), times=2)
    shown = api.get(f"/issues/{issue['id']}").json
    assert (shown["state"], shown["handler"]) == ("acknowledged", {"id": str(AN), "name": "Nguyễn Văn An"})
    [told] = outbox(visits_db, REMINDER_DUE)
    assert told["kind"] == "escalation_taken" and [each["official_id"] for each in told["recipients"]] == [
        str(BINH)
    ]
    assert told["title_vi"] == f"Nguyễn Văn An nhận xử lý: {issue['code']}"
    lines = api.get(f"/issues/{issue['id']}/timeline").json["items"]
    [line] = [line for line in lines if line["kind"] == "answered"]
    assert line["text"]["vi"] == "Nguyễn Văn An nhận xử lý."


def test_given_back_the_clock_runs_again(api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]) -> None:
    """The issue waits at its step anew, unless another acknowledgement stands; the rest hear of it."""
    escalation = api.escalate(issue)
    deliver(visits_db, routed(escalation))
    deliver(visits_db, answered(escalation, "taken", 2))
    deliver(visits_db, answered(escalation, "returned", 3), times=2)
    shown = api.get(f"/issues/{issue['id']}").json
    assert (shown["state"], shown["handler"]) == ("escalated", None)
    timers = {each["target"]: each for each in api.get(f"/issues/{issue['id']}/deadlines").json["items"]}
    assert timers["step"]["done_at"] is None and timers["step"]["armed_at"] == "2026-03-02T01:33:00+00:00"
    assert timers["renotify"]["done_at"]
    [escalated] = api.get(f"/issues/{issue['id']}/escalations").json["items"]
    assert escalated["acknowledged"] is None
    assert [each["kind"] for each in outbox(visits_db, REMINDER_DUE)] == ["escalation_taken", "escalation_returned"]
    deliver(visits_db, acknowledged(escalation, BINH, minutes=9))
    deliver(visits_db, answered(escalation, "taken", 5), answered(escalation, "returned", 6))
    assert api.get(f"/issues/{issue['id']}").json["state"] == "acknowledged"


def test_of_what_one_person_says_the_newest_counts_in_any_order(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Acknowledged, given back, taken, handed over: in all 24 orders the rows end the same."""
    ends = set()
    for order in permutations(range(4)):
        issue = api.report()
        escalation = api.escalate(issue)
        to = {"to_official_id": BINH, "to_full_name": "Lê Thị Bình"}
        ids = {"escalation_id": UUID(escalation["id"]), "issue_id": UUID(issue["id"])}
        news = [
            facts.acknowledged(2, official_id=AN, full_name="Nguyễn Văn An", **ids),
            answered(escalation, "returned", 3),
            answered(escalation, "taken", 4),
            answered(escalation, "handed_over", 5, **to),
        ]
        for position in order:
            deliver(visits_db, news[position], times=2)
        shown = api.get(f"/issues/{issue['id']}").json
        [escalated] = api.get(f"/issues/{issue['id']}/escalations").json["items"]
        people = sorted(
            (each["full_name"], str(each["answer"]), str(each["answer_to"]), str(each["handed_by"]))
            for each in escalated["recipients"]
        )
        lines = api.get(f"/issues/{issue['id']}/timeline").json["items"]
        kinds = sorted((line["kind"], line["text"]["vi"]) for line in lines)
        ends.add(str((shown["state"], shown["handler"], escalated["acknowledged"], people, kinds)))
    assert len(ends) == 1 and "escalated" in ends.pop()


def test_whose_it_is_not_is_asked_about_once(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """Assignments is asked who else is responsible, without all who said so; what was handed over goes back without
    asking; of an acknowledged or closed issue it only hears that an assignment may be wrong."""
    escalation = api.escalate(issue)
    deliver(visits_db, routed(escalation))
    back = {"to_official_id": BINH, "to_full_name": "Lê Thị Bình"}
    deliver(visits_db, answered(escalation, "declined", 2, uuid7(), **back))
    assert outbox(visits_db, ESCALATION_DECLINED) == []
    deliver(visits_db, answered(escalation, "declined", 2), times=2)
    deliver(visits_db, answered(escalation, "declined", 2, BINH))
    first, second = outbox(visits_db, ESCALATION_DECLINED)
    assert first["seek"] and first["declined"].count(str(AN)) == 1
    assert second["seek"] and {str(AN), str(BINH)} <= set(second["declined"])
    api.post(f"/issues/{issue['id']}/moves", REJECTED, **{"If-Match": "*"})
    deliver(visits_db, answered(escalation, "declined", 4))
    assert [each["seek"] for each in outbox(visits_db, ESCALATION_DECLINED)] == [True, True, False]


def test_to_whom_it_falls_stands_on_the_timeline(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """Whom it fell to is told, by which post; nobody left is said, too."""
    escalation = api.escalate(issue)
    by = {"official_id": AN, "full_name": "Nguyễn Văn An", "reason": "Đã chuyển công tác."}
    given = {"escalation_id": UUID(escalation["id"]), "declined_by": by}
    deliver(visits_db, facts.rerouted(recipients=[facts.recipient("Võ Thị Sáu")], **given), times=2)
    deliver(visits_db, facts.rerouted(recipients=[], **given))
    texts = [line["text"]["vi"] for line in api.get(f"/issues/{issue['id']}/timeline").json["items"]]
    assert texts[-2:] == [
        "Không phải việc của Nguyễn Văn An; đã báo cho: Võ Thị Sáu (Cán bộ tỉnh theo dõi xã, Xã Bình Phú).",
        "Không phải việc của Nguyễn Văn An; không còn ai khác để báo.",
    ]
    [shown] = api.get(f"/issues/{issue['id']}/escalations").json["items"]
    assert [each["full_name"] for each in shown["recipients"]] == ["Võ Thị Sáu"]


def test_of_a_closed_issue_nobody_is_told_who_took_it(
    api: Api, issue: dict[str, Any], visits_db: sessionmaker[Session]
) -> None:
    """A late press of the button stands on the timeline and tells no one."""
    escalation = api.escalate(issue)
    deliver(visits_db, routed(escalation))
    api.post(f"/issues/{issue['id']}/moves", REJECTED, **{"If-Match": "*"})
    deliver(visits_db, acknowledged(escalation), times=2)
    assert outbox(visits_db, REMINDER_DUE) == []
    assert api.get(f"/issues/{issue['id']}").json["state"] == "rejected"
