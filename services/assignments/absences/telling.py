"""What is told of an absence, in Vietnamese and English. Pure. The reason stays with who manages assignments."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from services.assignments.absences.rules import State
from services.assignments.reminders.rules import Reminder
from shared import clock

COORDINATOR = "coordinator"
People = Sequence[tuple[UUID, str]]

_TITLES = {
    State.REQUESTED: ("Đề nghị vắng mặt, chờ duyệt", "Absence requested, to be approved"),
    State.APPROVED: ("Vắng mặt", "Absent"),
    State.REFUSED: ("Không duyệt vắng mặt", "Absence not approved"),
    State.CANCELLED: ("Không còn vắng mặt", "Absence cancelled"),
}


def about(absence: Any, concerned: People, coordinators: People, counted: bool) -> Reminder:
    """An absence as it now stands, to all whom it concerns: the coordinators, the official and, once it counts or
    has counted, who stands in."""
    state = State(absence.state)
    known_to_all = state is State.APPROVED or counted
    official = (absence.official.id, absence.official.full_name)
    vi, en = _TITLES[state]
    days_vi, days_en = _days(absence.valid_from, absence.valid_to)
    by_vi, by_en = _by(absence.substitute.full_name if absence.substitute else None)
    some = bool(absence.assignment_ids)
    note = f"\n{absence.decision_note}" if absence.decision_note else ""
    return Reminder(
        kind=f"absence_{state}",
        # Each change is told, also two on one day.
        subject_id=uuid5(absence.id, str(absence.version)),
        day=clock.today(),
        recipients=[*(concerned if known_to_all else [official]), *coordinators],
        unit_path=absence.official.unit.path,
        title_vi=f"{vi}: {official[1]}",
        title_en=f"{en}: {official[1]}",
        body_vi=f"{official[1]}: {days_vi}{', với một số nhiệm vụ' if some else ''}.\n{by_vi}{note}",
        body_en=f"{official[1]}: {days_en}{', from some assignments' if some else ''}.\n{by_en}{note}",
    )


def _days(since: date, until: date | None) -> tuple[str, str]:
    """The last day is the one before `until`, as people say it."""
    first = f"{since:%d/%m/%Y}"
    if until is None:
        return f"từ {first} đến khi có thông báo mới", f"from {first} until further notice"
    last = f"{date.fromordinal(until.toordinal() - 1):%d/%m/%Y}"
    return f"từ {first} đến hết {last}", f"from {first} to {last} inclusive"


def _by(name: str | None) -> tuple[str, str]:
    if name is None:
        return "Không có người thay: việc chuyển lên cấp trên.", "Nobody stands in: matters go to the post above."
    return f"Người thay: {name}.", f"Substitute: {name}."
