"""What each move asks for, and what it takes besides. Pure."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from services.visits.issues.rules import Move
from shared.errors import BadInput


class Demand(NamedTuple):
    """The details a move cannot do without, and those it may have."""

    needs: Collection[str] = ()
    takes: Collection[str] = ()


# `official` (who acts) and `reason` may come with every move. Escalating and acknowledging have ways of their own.
DEMANDS: dict[Move, Demand] = {
    Move.ACCEPT: Demand(),
    Move.ASSIGN: Demand(needs=("handler",)),
    Move.DISCUSS: Demand(needs=("text",), takes=("files",)),
    Move.START: Demand(),
    Move.RESOLVE: Demand(needs=("text",), takes=("files",)),
    Move.VERIFY: Demand(needs=("rating",), takes=("text",)),
    Move.REOPEN: Demand(needs=("reason",), takes=("rating", "text", "files")),
    Move.REJECT: Demand(needs=("reason",)),
    Move.MERGE: Demand(needs=("into", "reason")),
    Move.WAIT: Demand(needs=("reason",)),
    Move.RESUME: Demand(),
    Move.DE_ESCALATE: Demand(needs=("reason",)),
}

RATINGS = (1, 5)  # from not content at all to fully content
TEXT_LIMIT = 10_000
FILES_LIMIT = 20


def check(move: Move, given: Mapping[str, Any]) -> None:
    """Are the details those that the move needs? What is None or empty is not given. Raises BadInput naming one."""
    if move not in DEMANDS:
        raise BadInput(f"'{move}' has a way of its own.", field="move")
    demand, there = DEMANDS[move], {name for name, value in given.items() if value not in (None, (), [], "")}
    for name in demand.needs:
        if name not in there:
            raise BadInput(f"'{move}' needs this.", field=name)
    for name in sorted(there - {*demand.needs, *demand.takes, "official", "reason"}):
        raise BadInput(f"'{move}' does not take this.", field=name)
