"""What moves ask for."""

import pytest

from services.visits.issues.demands import DEMANDS, check
from services.visits.issues.rules import Move
from services.visits.timeline.moving import moved
from shared.errors import BadInput

ALL = {"handler": "x", "text": "x", "files": ["x"], "rating": 1, "into": "x", "reason": "x", "official": "x"}


@pytest.mark.parametrize("move", sorted(DEMANDS))
def test_each_move_says_what_it_lacks_and_what_is_too_much(move: Move) -> None:
    """By the name of the field."""
    demand = DEMANDS[move]
    needed = {name: ALL[name] for name in demand.needs}
    check(move, needed)
    for name in demand.needs:
        with pytest.raises(BadInput) as refused:
            check(move, needed | {name: None})
        assert refused.value.field == name
    for name in set(ALL) - {*demand.needs, *demand.takes, "reason", "official"}:
        with pytest.raises(BadInput) as refused:
            check(move, needed | {name: ALL[name]})
        assert refused.value.field == name


@pytest.mark.parametrize("move", [Move.ESCALATE, Move.ACKNOWLEDGE])
def test_escalating_and_acknowledging_have_ways_of_their_own(move: Move) -> None:
    """They are no plain moves."""
    with pytest.raises(BadInput) as refused:
        check(move, ALL)
    assert refused.value.field == "move"


@pytest.mark.parametrize("move", sorted(DEMANDS))
def test_each_move_has_a_sentence_in_both_languages(move: Move) -> None:
    """With whoever made it; a client by its name where no official is said."""
    data = {"move": str(move), "step": 1, "client": "cong-thong-tin-xa", "reason": "Vì thế"}
    data |= {"handler": {"id": "x", "name": "Trần Thị Sáu"}, "into": {"id": "x", "code": "BT-2026-000001"}}  # type: ignore[dict-item]
    vi, en = moved("", data)
    assert vi.endswith("Lý do: Vì thế") and en.endswith("Reason: Vì thế")
    assert move == Move.VERIFY or (vi.startswith("cong-thong-tin-xa") and en.startswith("cong-thong-tin-xa"))
