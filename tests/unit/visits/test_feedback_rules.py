"""Rules of feedback: the table of states, addressees, the check of wording, when it is followed up."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.visits.feedback import rules, wording
from services.visits.feedback.model import Feedback
from services.visits.feedback.rules import ALLOWED, FollowUp, Move, State
from services.visits.feedback.wording import Wording
from services.visits.officials.model import Official
from shared import clock
from shared.clock import LOCAL
from shared.errors import BadInput, RuleBroken

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TODAY = date(2026, 3, 2)
RULE = FollowUp(15, 3, 7)
NOTHING: dict[str, Any] = {"text": "Sửa cống.", "by": "Chủ tịch xã", "due_on": None, "reason": None}


def fresh(**changes: Any) -> Feedback:
    """Feedback of today."""
    place = {"unit_id": uuid4(), "unit_code": "28789", "unit_path": "83/829/28789/", "unit_name": "Xã Bình Phú"}
    said = {"form": "formal", "text": "Cống hỏng", "action": "Sửa cống", "due_on": None, "restricted": False}
    return Feedback.give(
        place,
        Official(id=uuid4(), full_name="Lê Văn An", active=True, version=1),
        said | {"addressee": None} | changes,
        links={"visit_id": None, "issue_id": None},
        readers=[],
        flags=[],
        rule=RULE,
        by="tester",
    )


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_no_move_outside_the_table(state: State, move: Move) -> None:
    """Each pair of state and move does what the table says, or is refused and changes nothing."""
    with clock.frozen(NOW):
        feedback = fresh()
        feedback.state = state
        if (state, move) in ALLOWED:
            feedback.move(move, NOTHING, RULE)
            assert (feedback.state, feedback.version) == (ALLOWED[state, move], 2)
        else:
            with pytest.raises(RuleBroken):
                feedback.move(move, NOTHING, RULE)
            assert (feedback.state, feedback.version) == (state, 1)


@given(st.lists(st.tuples(st.sampled_from(Move), st.none() | st.integers(0, 400)), max_size=12))
def test_only_what_is_not_done_is_followed_up(moves: list[tuple[Move, int | None]]) -> None:
    """However feedback goes: settled means no reminder, anything else one to come; a day of doing only if done."""
    with clock.frozen(NOW):
        feedback = fresh()
        for move, days in moves:
            if (State(feedback.state), move) not in ALLOWED:
                continue
            due_on = None if days is None or move not in (Move.ACCEPT, Move.REOPEN) else TODAY + timedelta(days)
            feedback.move(move, NOTHING | {"due_on": due_on}, RULE)
            assert (feedback.done_at is not None) == (feedback.state == State.DONE)
            settled = feedback.state in (State.DONE, State.WITHDRAWN)
            assert (feedback.chase_at is None) == settled
            assert settled or (feedback.chase_at is not None and feedback.chase_at > NOW)


@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(1, 60), st.integers(0, 20), st.integers(1, 30))
def test_reminders_come_before_and_after(day: date, answer: int, before: int, every: int) -> None:
    """Always later than today; the first one past the day is the day after it."""
    rule = FollowUp(answer, before, every)
    seen, today = [], date(2026, 1, 1)
    while len(seen) < 30 and today < date(2027, 3, 1):
        today = rules.next_chase(day, today, rule).astimezone(LOCAL).date()
        assert not seen or today > seen[-1]
        seen.append(today)
    late = [each for each in seen if each > day]
    assert late[0] == day + timedelta(days=1)
    assert all(b - a == timedelta(days=every) for a, b in pairwise(late))


def test_each_move_takes_its_own_details() -> None:
    """What is missing and what is out of place is named."""
    for move, given_, wrong in (
        (Move.ACCEPT, {"by": "Chủ tịch xã"}, "text"),
        (Move.EXPLAIN, {"text": "Đã làm rồi."}, "by"),
        (Move.REOPEN, {}, "reason"),
        (Move.DONE, {"text": "Đã sửa.", "by": "Ai đó"}, "by"),
        (Move.WITHDRAW, {}, "reason"),
        (Move.EXPLAIN, {"text": "x", "by": "y", "due_on": TODAY}, "due_on"),
    ):
        with pytest.raises(BadInput) as refused:
            rules.check_details(move, dict.fromkeys(rules.DETAILS) | given_)
        assert refused.value.field == wrong


def test_a_key_official_is_named_and_a_committee_is_not() -> None:
    """A name or a position, but only of a person."""
    rules.check_addressee({"kind": "key_official", "name": None, "position": "Bí thư"})
    rules.check_addressee({"kind": "committee", "name": None, "position": None})
    for kind, name in (("key_official", None), ("standing_committee", "Ông Bảy")):
        with pytest.raises(BadInput):
            rules.check_addressee({"kind": kind, "name": name, "position": None})


@dataclass
class Row:
    """A rule of wording."""

    code: str = "general_words"
    kind: str = "flag"
    test: str = "words"
    words: list[str] = field(default_factory=lambda: ["tăng cường", "cần quan tâm"])
    number: int | None = None
    field: str | None = None
    message_vi: str = "Chung chung."
    message_en: str = "General."


SHORT = Row("too_short", "refuse", "shortest", [], 4, None)
NO_ACTION = Row("no_action", "flag", "missing", [], None, "action")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Đề nghị tăng cường kiểm tra", ("tăng cường",)),
        ("de nghi TANG  CUONG kiem tra", ("tăng cường",)),
        ("Đề nghị tăng-cường; cần quan tâm hơn", ("tăng cường", "cần quan tâm")),
        ("Tăng cườngx và xtăng cường", ()),
        ("Cống số 2 hỏng, sửa trước ngày 20/3", ()),
    ],
)
def test_general_words_are_found_however_written(text: str, found: tuple[str, ...]) -> None:
    """Whole phrases, with or without diacritics, whatever the case and punctuation; never parts of words."""
    findings = wording.examine(Wording(text), [Row()])
    assert tuple(phrase for each in findings for phrase in each.found) == found


def test_what_is_too_short_is_refused_whoever_confirms() -> None:
    """A refusal names the text, and confirming does not help."""
    findings = wording.examine(Wording("Tốt. Được."), [SHORT])
    with pytest.raises(BadInput) as refused:
        wording.check(findings, confirmed=True)
    assert refused.value.field == "text"
    assert [each["code"] for each in refused.value.extra["refused"]] == ["too_short"]


def test_what_is_general_is_told_and_kept() -> None:
    """Never silently: unconfirmed it is refused with its flags, confirmed the flags are kept."""
    findings = wording.examine(Wording("Cần quan tâm hơn nữa"), [SHORT, Row(), NO_ACTION])
    with pytest.raises(BadInput) as refused:
        wording.check(findings, confirmed=False)
    flags = wording.check(findings, confirmed=True)
    assert refused.value.extra["flags"] == flags
    assert [(each["code"], each["found"]) for each in flags] == [
        ("general_words", ["cần quan tâm"]),
        ("no_action", ["action"]),
    ]
    assert (
        wording.check(wording.examine(Wording("Cống số 2 hỏng", "Sửa"), [SHORT, NO_ACTION]), confirmed=False) == []
    )


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=20), max_size=5))
def test_any_text_can_be_examined(text: str, words: list[str]) -> None:
    """Whatever is typed, the check answers, and a phrase of letters that stands in the text alone is found."""
    wording.examine(Wording(text), [replace(Row(), words=words), SHORT, NO_ACTION])
    for phrase in words:
        if wording.tokens(phrase):
            assert wording.examine(Wording(f"{text} . {phrase} . {text}"), [replace(Row(), words=[phrase])])


def test_a_rule_has_what_its_test_needs() -> None:
    """Phrases, a number or a field, and nothing else."""
    good = {"words": {"words": ["đẩy mạnh"]}, "shortest": {"number": 4}, "missing": {"field": "due_on"}}
    empty: dict[str, Any] = {"words": [], "number": None, "field": None}
    for test, needed in good.items():
        wording.check_rule(empty | {"test": test} | needed)
        for bad in (
            empty | {"test": test},
            empty | {"test": test} | {k: v for g in good.values() for k, v in g.items()},
        ):
            with pytest.raises(BadInput):
                wording.check_rule(bad)
    with pytest.raises(BadInput):
        wording.check_rule(empty | {"test": "words", "words": ["..."]})
