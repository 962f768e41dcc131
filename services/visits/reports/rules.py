"""Rules of situation reports: periods, states, when they are due and chased, what they are prefilled with. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from shared.clock import LOCAL
from shared.errors import BadInput, NotFound, RuleBroken

SECTION_LONGEST = 20_000
CHASE_HOUR = 8  # local time of a working morning
PROPOSALS_LISTED = 20


_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


class Period(StrEnum):
    """How long a time a report is about."""

    WEEK = "week"
    MONTH = "month"


class State(StrEnum):
    """How far a report has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Move(StrEnum):
    """What can be done to a report, apart from writing it."""

    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    RETURN = "return"
    ACCEPT = "accept"


# The one table of states and allowed moves: a pair that is not here is not allowed.
ALLOWED: dict[tuple[State, Move], State] = {
    (State.DRAFT, Move.SUBMIT): State.SUBMITTED,
    (State.RETURNED, Move.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Move.TAKE_BACK): State.DRAFT,
    (State.SUBMITTED, Move.RETURN): State.RETURNED,
    (State.SUBMITTED, Move.ACCEPT): State.ACCEPTED,
}

WRITABLE = (State.DRAFT, State.RETURNED)
BY_RECEIVER = (Move.RETURN, Move.ACCEPT)  # the others are the author's
NEEDS_REASON = (Move.RETURN, Move.TAKE_BACK)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a report is due after its period, and when its author is reminded; in days."""

    due_days: int
    remind_before_days: int
    chase_every_days: int


def after(state: State, move: Move) -> State:
    """The state after a move; raises RuleBroken if the table does not have it."""
    try:
        return ALLOWED[state, move]
    except KeyError:
        raise RuleBroken(f"A report that is {state} cannot be moved by '{move}'.", state=state) from None


def bounds(period: Period, day: date) -> tuple[date, date]:
    """The first and the last day of the period that holds a day; a week begins on Monday."""
    if period == Period.WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def check_begun(first_day: date, today: date) -> None:
    """Raises BadInput for a period that has not begun."""
    if first_day > today:
        raise BadInput("This period has not begun yet.", field="day")


def next_chase(due_on: date, today: date, deadline: Deadline) -> datetime:
    """The morning of the next reminder after today: before it is due, the day after, then again and again."""
    before = due_on - timedelta(days=deadline.remind_before_days)
    if before > today:
        return _morning(before)
    overdue_from = due_on + timedelta(days=1)
    if overdue_from > today:
        return _morning(overdue_from)
    rounds = (today - overdue_from).days // deadline.chase_every_days + 1
    return _morning(overdue_from + timedelta(days=rounds * deadline.chase_every_days))


def missing(sections: Mapping[str, str], needed: Iterable[str]) -> list[str]:
    """The sections in which nothing is written."""
    return [code for code in needed if not sections.get(code, "").strip()]


def prefill(figures: Mapping[str, Any], proposals: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What the sections can say from what is recorded; the author goes on from there. `proposals`: code, title."""
    f: dict[str, int] = {name: int(value) for name, value in figures.items()}
    done = (
        f"Đi cơ sở {f['visits']} lần, dự họp {f['meetings']} lần; góp ý {f['feedback']} lượt; "
        f"yêu cầu cung cấp thông tin {f['information_asked']}, đã trả lời {f['information_answered']}."
    )
    heard = (
        f"Ghi nhận {f['issues']} phản ánh (bức xúc {f['pressing']}, khó khăn {f['difficulty']}, "
        f"đề xuất {f['proposal']}); chuyển lên cấp trên {f['escalations']} lần, đã xác nhận {f['acknowledged']}; "
        f"còn {f['open']} việc chưa xong."
    )
    given = f"Vận động hỗ trợ {f['support']} lượt, {amount(f['money'])} đồng."
    lines = [f"- {code}: {title}" for code, title in proposals]
    return {
        "political_system": done,
        "socio_economic": f"{heard}\n{given}",
        "proposals": "\n".join(lines[:PROPOSALS_LISTED]),
    }


def code_of(text: str) -> str:
    """The code of a row that people name, such as "party_building"; raises NotFound for what can be none."""
    if not _CODE.fullmatch(text):
        raise NotFound("A code is small letters of English, digits and _, and begins with a letter.")
    return text


def amount(number: int) -> str:
    """Money as it is written: 60000000 -> "60.000.000"."""
    return f"{number:,}".replace(",", ".")


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(CHASE_HOUR), LOCAL)
