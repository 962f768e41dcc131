"""Rules of visits: the table of states, times, partners, clashes, closing."""

from datetime import UTC, datetime, timedelta
from itertools import product
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.visits.visits import rules
from services.visits.visits.model import Visit
from services.visits.visits.rules import ALLOWED, Move, Purpose, State
from shared import clock
from shared.errors import BadInput, RuleBroken

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3), timezones=st.just(UTC))


def planned(**changes: Any) -> Visit:
    """A visit of one hour that begins now."""
    unit = SimpleNamespace(id=uuid4(), code="28789", path="83/829/28789/")
    told = {"purpose": "inspection", "subject": "Kiểm tra cống", "note": None, "meeting_place": None}
    times = {"starts_at": NOW, "ends_at": NOW + HOUR, "official": uuid4()}
    return Visit.plan(unit, "Xã Bình Phú", None, told | times | changes, 48, by="tester")


def perform(visit: Visit, move: Move) -> None:
    """Do what a move stands for."""
    carried = {"attended": None, "summary": None, "location": None}
    {
        Move.RESCHEDULE: lambda: visit.reschedule(NOW + HOUR, NOW + 2 * HOUR, 48),
        Move.CANCEL: visit.cancel,
        Move.MISS: visit.miss,
        Move.CARRY_OUT: lambda: visit.carry_out([], carried, 72),
        Move.CLOSE: lambda: visit.close(1, None),
    }[move]()


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_no_move_outside_the_table(state: State, move: Move) -> None:
    """Each pair of state and move does what the table says, or is refused and changes nothing."""
    with clock.frozen(NOW):
        visit = planned()
        visit.state = state
        if (state, move) in ALLOWED:
            perform(visit, move)
            assert (visit.state, visit.version) == (ALLOWED[state, move], 2)
        else:
            with pytest.raises(RuleBroken):
                perform(visit, move)
            assert (visit.state, visit.version, visit.sequence) == (state, 1, 0)


@given(st.lists(st.sampled_from(Move), max_size=12))
def test_only_what_waits_has_a_time(moves: list[Move]) -> None:
    """However a visit goes, one that is over is looked at no more, and one that is not will be."""
    with clock.frozen(NOW + HOUR):
        visit = planned()
        for move in moves:
            if (State(visit.state), move) in ALLOWED:
                perform(visit, move)
            assert (visit.due_at is not None) == (visit.state in (State.PLANNED, State.CARRIED_OUT))


def test_a_calendar_is_told_of_changed_times_only() -> None:
    """Rescheduling and cancelling raise the sequence of the entry; the other moves do not."""
    with clock.frozen(NOW + HOUR):
        for move, sequence in {Move.RESCHEDULE: 1, Move.CANCEL: 1, Move.MISS: 0, Move.CARRY_OUT: 0}.items():
            visit = planned()
            perform(visit, move)
            assert visit.sequence == sequence


@given(INSTANTS, INSTANTS, INSTANTS, INSTANTS)
def test_spans_overlap_if_they_share_a_moment(a: datetime, b: datetime, c: datetime, d: datetime) -> None:
    """Both ways the same, and the same as looking for a moment that lies in both."""
    (a, b), (c, d) = sorted((a, b)), sorted((c, d))
    if a == b or c == d:
        return
    share = max(a, c) < min(b, d)
    assert rules.overlap(a, b, c, d) == rules.overlap(c, d, a, b) == share


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        (NOW - timedelta(days=367), NOW, "starts_at"),
        (NOW + timedelta(days=800), NOW + timedelta(days=801), "starts_at"),
        (NOW, NOW, "ends_at"),
        (NOW, NOW - HOUR, "ends_at"),
        (NOW, NOW + timedelta(minutes=4), "ends_at"),
        (NOW, NOW + timedelta(days=8), "ends_at"),
    ],
)
def test_odd_times_are_refused(starts: datetime, ends: datetime, field: str) -> None:
    """Too far away, backwards, too short, too long: each names its field."""
    with pytest.raises(BadInput) as refused:
        rules.check_times(starts, ends, NOW)
    assert refused.value.field == field


def test_joint_visits_name_partners_and_others_do_not() -> None:
    """Nobody goes twice, a joint visit needs somebody else, another takes nobody."""
    lead, other = uuid4(), uuid4()
    rules.check_partners(Purpose.JOINT, lead, [other])
    rules.check_partners(Purpose.INSPECTION, lead, [])
    for purpose, partners in (
        (Purpose.JOINT, []),
        (Purpose.INSPECTION, [other]),
        (Purpose.JOINT, [lead]),
        (Purpose.JOINT, [other, other]),
    ):
        with pytest.raises(BadInput) as refused:
            rules.check_partners(purpose, lead, partners)
        assert refused.value.field == "partners"


def test_a_meeting_counts_as_a_visit_too() -> None:
    """Who sits in a committee has been there."""
    assert rules.activities(Purpose.CELL_MEETING) == ("visit", "meeting")
    assert rules.activities(Purpose.JOINT) == ("visit",)


def test_a_person_cannot_be_in_two_places() -> None:
    """A clash of a person never passes, one of the commune with a reason, and all are listed."""
    own, commune = {"with": "person"}, {"with": "commune"}
    rules.check_clashes([], [], allow=False, reason=None)
    rules.check_clashes([], [commune], allow=True, reason="Hai đoàn làm việc chung.")
    with pytest.raises(RuleBroken) as refused:
        rules.check_clashes([own], [commune], allow=True, reason="Hai đoàn làm việc chung.")
    assert refused.value.extra["clashes"] == [own, commune]
    with pytest.raises(RuleBroken):
        rules.check_clashes([], [commune], allow=False, reason=None)
    with pytest.raises(BadInput):
        rules.check_clashes([], [commune], allow=True, reason=None)


def test_a_visit_closes_with_feedback_or_a_reason() -> None:
    """Neither is refused, both are refused."""
    rules.check_closing(1, None)
    rules.check_closing(0, "Chỉ dự lễ.")
    for feedback, reason in ((0, None), (0, ""), (1, "Chỉ dự lễ.")):
        with pytest.raises(BadInput):
            rules.check_closing(feedback, reason)


def test_nobody_counts_fewer_than_are_named() -> None:
    """Those named are counted unless more were there."""
    assert rules.check_attendance(["a", "b"], None) == 2
    assert rules.check_attendance(["a", "b"], 24) == 24
    with pytest.raises(BadInput):
        rules.check_attendance(["a", "b"], 1)
