"""What comes of a timer that is due, and how far an issue should have climbed by now. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from services.visits.calendar.rules import WorkingTime
from services.visits.deadlines import rules as deadlines
from services.visits.deadlines.rules import LADDER, Target
from services.visits.escalations.waiting import Times
from services.visits.issues.rules import ALLOWED, Move, State
from shared.clock import LOCAL

# The ladder's timers matter only while the issue is in this state and at the step where it was then.
_WAITS_IN = {Target.STEP: State.ESCALATED, Target.RENOTIFY: State.ACKNOWLEDGED}


class Verdict(Enum):
    """What a timer that is due calls for."""

    CLIMB = "climb"
    REMIND = "remind"  # at the last step: those told are reminded, and the wait begins anew
    NOTE = "note"  # those who follow the place are told that the deadline was missed
    MOOT = "moot"  # what it waited for no longer matters


class Standing(NamedTuple):
    """Where an issue stands, and the last step there is."""

    state: State
    step: int
    last: int


def verdict(target: str, timer_step: int | None, climbs: bool, standing: Standing) -> Verdict:
    """What a due timer calls for. An issue the ladder waits with is not carried higher by a deadline."""
    state, step, last = standing
    if target in LADDER:
        if state != _WAITS_IN[Target(target)] or step != timer_step:
            return Verdict.MOOT
        return Verdict.CLIMB if step < last else Verdict.REMIND
    if (state, Move.ESCALATE) not in ALLOWED:
        return Verdict.MOOT
    if climbs and step < last and state not in _WAITS_IN.values():
        return Verdict.CLIMB
    return Verdict.NOTE


def step_by_now(
    calendar: WorkingTime, steps: Mapping[int, Times], step: int, due_at: datetime, now: datetime
) -> int:
    """The step an issue should stand at by now whose timer at `step` was due at `due_at`: one higher, and for each
    step whose own time is over as well another one. Nobody told on the way could have been: the system stood."""
    step += 1
    while step + 1 in steps and (amount := steps[step].climb_after):
        due_at = deadlines.due(calendar, due_at, amount, steps[step].measure).due_at
        if due_at > now:
            break
        step += 1
    return step


_WHY = {
    Target.STEP: "cấp {step} không xác nhận trong thời hạn (đến {due})",
    Target.RENOTIFY: "cấp {step} đã xác nhận nhưng chưa có việc gì tiếp theo (đến {due})",
    Target.FIRST_RESPONSE: "quá hạn phản hồi lần đầu ({due})",
    Target.ACCEPTANCE: "quá hạn tiếp nhận ({due})",
    Target.RESOLUTION: "quá hạn giải quyết ({due})",
}


def reason(target: str, step: int, reached: int, due_at: datetime) -> str:
    """Why the system escalates, for people to read."""
    why = _WHY[Target(target)].format(step=step, due=local_time(due_at))
    text = f"Hệ thống tự động chuyển lên cấp {reached}: {why}."
    passed = [str(each) for each in range(step + 1, reached)]
    if passed:
        text += f" Thời hạn của cấp {', '.join(passed)} cũng đã qua; tất cả được báo chung một lần."
    return text


def local_time(instant: datetime) -> str:
    """ "08:30 ngày 02/03/2026", the time in Việt Nam."""
    return f"{instant.astimezone(LOCAL):%H:%M ngày %d/%m/%Y}"
