"""Issues that wait: reported at an instant, escalated at another, and a clock that strikes when it is told to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.ladder import sweep
from shared import clock
from shared.contracts.visits import ISSUE_ESCALATED, REMINDER_DUE
from tests.integration.visits.conftest import Api, deliver
from tests.support import facts

SOURCE = "thử nghiệm"


def report_at(api: Api, at: datetime, **changes: Any) -> dict[str, Any]:
    """An issue reported at an instant; urgent: four working hours to accept it."""
    with clock.frozen(at):
        return api.report(**changes)


def escalate_at(api: Api, issue: dict[str, Any], at: datetime, **changes: Any) -> dict[str, Any]:
    """Escalated by hand at an instant."""
    with clock.frozen(at):
        return api.escalate(issue, **changes)


def acknowledge_at(sessions: sessionmaker[Session], escalation: dict[str, Any], at: datetime) -> None:
    """Somebody told says that they have seen it."""
    ids = {name: UUID(str(escalation[key])) for name, key in (("escalation_id", "id"), ("issue_id", "issue_id"))}
    deliver(sessions, facts.acknowledged(**ids, acknowledged_at=at))


def strike(sessions: sessionmaker[Session], at: datetime) -> None:
    """The clock works off what is due by then."""
    with clock.frozen(at):
        for duty in (sweep.climb, sweep.note, sweep.warn):
            duty(sessions)


def set_steps(api: Api, *waits: int | None) -> None:
    """A ladder of so many steps, each with the working hours it waits (also for a follow-up)."""
    for number, wait in enumerate(waits, start=1):
        step = {"name_vi": f"Cấp {number}", "name_en": f"Step {number}", "source": SOURCE, "times_source": SOURCE}
        answer = api.put(f"/escalation-steps/{number}", step | {"climb_after": wait, "follow_after": wait})
        assert answer.status_code == 200, answer.json


def timers(api: Api, issue: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What an issue waits for, by target."""
    return {each["target"]: each for each in api.get(f"/issues/{issue['id']}/deadlines").json["items"]}


def standing_of(api: Api, issue: dict[str, Any]) -> tuple[str, int]:
    """State and step."""
    found = api.get(f"/issues/{issue['id']}").json
    return found["state"], found["step"]


def escalations(api: Api, issue: dict[str, Any]) -> list[tuple[int, str]]:
    """Steps and who escalated, oldest first."""
    found = api.get(f"/issues/{issue['id']}/escalations").json["items"]
    return [(each["step"], each["escalated_by"]) for each in found]


def events(sessions: sessionmaker[Session], kind: str = ISSUE_ESCALATED) -> list[dict[str, Any]]:
    """The data of the events of a type in the order in which they were recorded."""
    with sessions() as session:
        rows = session.execute(text("SELECT body FROM outbox WHERE type = :kind ORDER BY id"), {"kind": kind})
        return [row.body["data"] for row in rows]


def reminders(sessions: sessionmaker[Session]) -> list[tuple[str, str]]:
    """Kind and issue of each reminder that was given."""
    return [(each["kind"], each["issue_id"]) for each in events(sessions, REMINDER_DUE)]
