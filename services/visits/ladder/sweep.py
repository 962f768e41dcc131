"""Working off timers that are due: in small transactions, the most overdue first; a crash loses nothing.

After an outage every issue climbs once, to the step it should have reached by then; that step's time begins when
those at it are told.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from services.visits.calendar.queries import working_time
from services.visits.deadlines.model import Timer
from services.visits.deadlines.rules import LADDER, Outcome, Target
from services.visits.escalations.carrying import Climb, carry
from services.visits.escalations.waiting import Waiting, await_acknowledgement, await_follow_up, steps
from services.visits.issues.rules import State
from services.visits.ladder import queries, rules
from services.visits.ladder.queries import Found
from services.visits.ladder.rules import Standing, Verdict
from services.visits.ladder.telling import Followers, tell_missed, tell_near
from shared import clock

CHUNK = 100  # timers a transaction
_CHUNKS = 20  # at most in one go: the clock has other duties, and must say that it lives


def climb(sessions: sessionmaker[Session]) -> None:
    """Carry higher what nobody answered in time."""
    _work_off(sessions, climb_chunk)


def note(sessions: sessionmaker[Session]) -> None:
    """Tell those who follow the place of deadlines that were missed."""
    _work_off(sessions, note_chunk)


def warn(sessions: sessionmaker[Session]) -> None:
    """Tell those who follow the place of deadlines that are near."""
    _work_off(sessions, warn_chunk)


def climb_chunk(session: Session) -> int:
    """One transaction's work; how many timers it was."""
    now = clock.now()
    found = queries.to_climb(session, now, CHUNK)
    climbs: dict[object, Climb] = {}
    for each in found:
        if each.issue.id in climbs:  # it climbs already; a deadline is done with, the ladder waits anew
            each.timer.fired_at = now
        else:
            _fire(session, each, now, climbs)
    carry(session, list(climbs.values()), max(steps(session), default=0), by=None)
    return len(found)


def note_chunk(session: Session) -> int:
    """One transaction's work; how many timers it was."""
    now, followers = clock.now(), Followers(session)
    found = queries.to_note(session, now, CHUNK)
    for timer, issue in found:
        timer.fired_at = now
        if _verdict(session, Found(timer, issue)) == Verdict.MOOT:
            _drop(timer, now)
        else:
            tell_missed(session, issue, timer.target, timer.due_at, followers.of(issue))
    return len(found)


def warn_chunk(session: Session) -> int:
    """One transaction's work; how many timers it was. What is overdue by now is not warned of any more."""
    now, followers = clock.now(), Followers(session)
    found = queries.to_warn(session, now, CHUNK)
    for timer, issue in found:
        timer.warned_at = now
        if timer.due_at > now and _verdict(session, Found(timer, issue)) != Verdict.MOOT:
            tell_near(session, issue, timer.target, timer.due_at, followers.of(issue))
    return len(found)


def _work_off(sessions: sessionmaker[Session], chunk: Callable[[Session], int]) -> None:
    for _ in range(_CHUNKS):
        with sessions.begin() as session:
            count = chunk(session)
        if count < CHUNK:
            return


def _fire(session: Session, found: Found, now: datetime, climbs: dict[object, Climb]) -> None:
    timer, issue = found
    timer.fired_at = now
    verdict = _verdict(session, found)
    if verdict == Verdict.CLIMB:
        step = rules.step_by_now(working_time(session), steps(session), issue.step, timer.due_at, now)
        climbs[issue.id] = Climb(issue, step, rules.reason(timer.target, issue.step, step, timer.due_at))
        if timer.target in LADDER:
            timer.done_at, timer.outcome = now, Outcome.CLIMBED
    elif verdict == Verdict.MOOT:
        _drop(timer, now)
    elif verdict == Verdict.REMIND:
        tell_missed(session, issue, timer.target, timer.due_at, queries.told_last(session, issue.id))
        session.flush()
        again = await_acknowledgement if timer.target == Target.STEP else await_follow_up
        again(session, [Waiting(issue.id, issue.step, now)])
    else:
        tell_missed(session, issue, timer.target, timer.due_at, Followers(session).of(issue))


def _verdict(session: Session, found: Found) -> Verdict:
    timer, issue = found
    standing = Standing(State(issue.state), issue.step, max(steps(session), default=0))
    return rules.verdict(timer.target, timer.step, timer.climbs, standing)


def _drop(timer: Timer, now: datetime) -> None:
    timer.done_at, timer.outcome = now, Outcome.MOOT
