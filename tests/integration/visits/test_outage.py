"""Everything stands for three days: afterwards each issue is where it should be, and nobody was told twice."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from services.visits.calendar.days import day_of
from services.visits.calendar.rules import Span
from services.visits.deadlines import actions as deadlines
from services.visits.ladder import sweep
from tests.integration.visits.conftest import Api, Places
from tests.integration.visits.test_deadlines import change
from tests.integration.visits.waiting import (
    acknowledge_at,
    escalate_at,
    escalations,
    events,
    reminders,
    report_at,
    set_steps,
    standing_of,
    strike,
)
from tests.support.slow_time import MINUTE, SlowTime, local

TUESDAY = local(2026, 3, 10, 8)
BEFORE_TET = local(2026, 2, 13, 15)
STOPPED = timedelta(hours=1)  # all that people do is done in the first hour
WAITS = (2, 3, 5, 8, 4)
ACCEPTANCE = {"critical": 4, "normal": 8}
HOURS = tuple(Span(*(datetime.strptime(each, "%H:%M").time() for each in span)) for span in (
    ("07:30", "11:30"), ("13:30", "17:00")
))  # fmt: skip
SLOW = SlowTime(day_of(dict.fromkeys(range(5), HOURS), {}))


@dataclass
class Story:
    """What people did with an issue, and what must come of it."""

    issue: dict[str, Any]
    severity: str
    reported: datetime
    step: int = 0
    escalated: datetime | None = None
    acknowledged: datetime | None = None
    rests: bool = False  # closed, or its clock stands

    def due(self) -> datetime | None:
        """When it should have climbed first, minute by minute; None: never."""
        if self.rests or self.step == len(WAITS):
            return None
        if self.escalated is None:
            return SLOW.add(self.reported, ACCEPTANCE[self.severity] * 60)
        return SLOW.add(self.acknowledged or self.escalated, WAITS[self.step - 1] * 60)

    def step_at(self, now: datetime) -> int:
        """Where it should stand, minute by minute."""
        step, due = self.step, self.due()
        while due is not None and due <= now:
            step += 1
            due = SLOW.add(due, WAITS[step - 1] * 60) if step < len(WAITS) else None
        return step


def live(api: Api, sessions: sessionmaker[Session], start: datetime) -> list[Story]:
    """Forty issues, and what an hour brought each of them, drawn by chance."""
    chance, stories = Random(20260310), []
    for number in range(40):
        story_ends = number % 8
        reported = start + chance.randrange(20) * MINUTE
        severity = chance.choice(list(ACCEPTANCE))
        issue = report_at(api, reported, severity=severity)
        story = Story(issue, severity, reported)
        if story_ends >= 2:
            story.step, story.escalated = chance.randint(1, len(WAITS)), start + chance.randrange(20, 40) * MINUTE
            escalation = escalate_at(api, issue, story.escalated, step=story.step)
            if story_ends >= 6:
                story.acknowledged = start + chance.randrange(40, 59) * MINUTE
                acknowledge_at(sessions, escalation, story.acknowledged)
        if number % 10 == 0:
            story.rests = True
            change(sessions, deadlines.stop, issue, start + STOPPED)
        elif number % 10 == 5:
            story.rests = True
            change(sessions, deadlines.pause, issue, start + STOPPED, "Chờ bổ sung thông tin")
        stories.append(story)
    return stories


@pytest.mark.parametrize(("start", "days"), [(TUESDAY, 3), (BEFORE_TET, 11)], ids=["ordinary week", "over Tết"])
def test_after_an_outage_each_issue_is_where_it_should_be(
    api: Api,
    places: Places,
    visits_db: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    start: datetime,
    days: int,
) -> None:
    """As a slow reference says; each climbed once, the most overdue first, though a clock died on the way."""
    set_steps(api, *WAITS)
    stories = live(api, visits_db, start)
    before = len(events(visits_db))
    now = start + STOPPED + timedelta(days=days)
    _die_in_the_third_transaction(visits_db, monkeypatch, now)
    for again in range(3):
        strike(visits_db, now + again * MINUTE)

    for story in stories:
        state, step = standing_of(api, story.issue)
        assert step == story.step_at(now), (story, state, step)
        climbed = [each for each in escalations(api, story.issue) if each[1] == "system"]
        assert climbed == ([(step, "system")] if step > story.step else [])
    told = [each["issue"]["id"] for each in events(visits_db)[before:]]
    overdue = [(story.due(), story.issue["id"]) for story in stories if story.step_at(now) > story.step]
    assert sorted(told) == sorted(issue_id for _, issue_id in overdue)
    first_due = {issue_id: due for due, issue_id in overdue}
    assert [first_due[each] for each in told] == sorted(due for due in first_due.values() if due)
    assert overdue and max(Counter(told).values()) == 1
    assert not [each for each, times in Counter(reminders(visits_db)).items() if times > 1]


def _die_in_the_third_transaction(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    """A clock that starts after the outage and is killed when it has written, and not yet committed."""
    written = sweep.carry
    count = 0

    def die_at_last(*args: Any, **kwargs: Any) -> None:
        nonlocal count
        written(*args, **kwargs)
        count += 1
        if count == 3:
            raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(sweep, "CHUNK", 6)
        dying.setattr(sweep, "carry", die_at_last)
        try:
            strike(sessions, now)
        except SystemExit:
            return
    assert count < 3  # there was too little to do
