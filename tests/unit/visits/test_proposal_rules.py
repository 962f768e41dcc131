"""Rules of joint proposals: the table of states, signatures, quorum."""

from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.visits.proposals.rules import (
    ALLOWED,
    ASKED_FOR,
    DETAILS,
    NEEDED,
    OPTIONAL,
    Answer,
    Move,
    State,
    after,
    check_answer,
    check_details,
    check_invited,
    outcome,
    quorum_of,
)
from shared.errors import BadInput, RuleBroken

ANSWERS = st.lists(st.sampled_from(list(Answer)), min_size=1, max_size=12)


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_what_the_table_does_not_have_is_refused(state: State, move: Move) -> None:
    """Every pair goes where the table says, or nowhere."""
    if (state, move) in ALLOWED:
        assert after(state, move) == ALLOWED[state, move]
    else:
        with pytest.raises(RuleBroken):
            after(state, move)


def test_an_end_is_an_end() -> None:
    """What is answered, lapsed or withdrawn moves no more."""
    assert not [state for state, _ in ALLOWED if state in (State.ANSWERED, State.LAPSED, State.WITHDRAWN)]


@given(ANSWERS, st.data())
def test_it_goes_out_exactly_when_enough_have_signed(answers: list[Answer], data: st.DataObject) -> None:
    """And lapses exactly when enough cannot sign any more."""
    quorum = data.draw(st.integers(1, len(answers)))
    signed, declined = answers.count(Answer.SIGNED), answers.count(Answer.DECLINED)
    expected = None
    if signed >= quorum:
        expected = Move.SUBMIT
    elif declined > len(answers) - quorum:
        expected = Move.LAPSE
    assert outcome(answers, quorum) == expected


@given(st.lists(st.sampled_from([Answer.SIGNED, Answer.DECLINED]), min_size=1, max_size=10), st.data())
def test_when_all_have_answered_it_is_decided(answers: list[Answer], data: st.DataObject) -> None:
    """Nobody waits for a proposal to which all have said something."""
    assert outcome(answers, data.draw(st.integers(1, len(answers)))) is not None


def test_all_must_sign_unless_fewer_are_wanted() -> None:
    """A quorum is between one and all of those invited."""
    assert (quorum_of(None, 3), quorum_of(2, 3)) == (3, 2)
    for bad in (0, 4):
        with pytest.raises(BadInput) as refused:
            quorum_of(bad, 3)
        assert refused.value.field == "quorum"


def test_each_is_invited_once_and_not_by_themselves() -> None:
    """The place of the one too many is named."""
    me, other = uuid4(), uuid4()
    check_invited(me, [other])
    for invited, field in (([other, other], "cosigners.1"), ([other, me], "cosigners.1")):
        with pytest.raises(BadInput) as refused:
            check_invited(me, invited)
        assert refused.value.field == field


@pytest.mark.parametrize(
    ("answer", "move", "result"),
    [
        (Answer.INVITED, Move.SIGN, Answer.SIGNED),
        (Answer.INVITED, Move.DECLINE, Answer.DECLINED),
        (Answer.DECLINED, Move.SIGN, Answer.SIGNED),
        (Answer.DECLINED, Move.DECLINE, None),
        (Answer.SIGNED, Move.SIGN, None),
        (Answer.SIGNED, Move.DECLINE, None),
    ],
)
def test_a_signature_stays(answer: Answer, move: Move, result: Answer | None) -> None:
    """Who declined may still sign; nothing is said twice, and nobody takes a signature back."""
    if result is None:
        with pytest.raises(RuleBroken):
            check_answer(answer, move)
    else:
        assert check_answer(answer, move) == result


@pytest.mark.parametrize("move", ASKED_FOR)
def test_every_move_needs_its_details_and_takes_no_others(move: Move) -> None:
    """What lacks or is too much is named."""
    full = dict.fromkeys(NEEDED[move], "x")
    check_details(move, full)
    for name in NEEDED[move]:
        with pytest.raises(BadInput) as refused:
            check_details(move, full | {name: None})
        assert refused.value.field == name
    for name in set(DETAILS) - set(NEEDED[move]) - set(OPTIONAL.get(move, ())):
        with pytest.raises(BadInput) as refused:
            check_details(move, full | {name: "x"})
        assert refused.value.field == name
