"""Any sequence of moves over the API, held against the table."""

from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from services.visits.issues.demands import DEMANDS
from services.visits.issues.rules import ALLOWED, CLOSED, ENDS_WAIT, Move, State
from shared import clock
from tests.integration.visits.conftest import Standing, deliver
from tests.integration.visits.moving import EVIDENCE, WHY, make_move, official
from tests.support import facts

STEPS = 2


def machine(standing: Standing) -> type[RuleBasedStateMachine]:
    """The machine over a service."""
    handler = str(official(standing.sessions))
    target = standing.api.report()["id"]
    given: dict[str, Any] = {
        "handler": handler,
        "rating": 3,
        "text": "Nội dung",
        "reason": WHY,
        "into": target,
    }

    class Life(RuleBasedStateMachine):
        """One issue."""

        @initialize()
        def reported(self) -> None:
            """It begins."""
            self.issue = standing.api.report(category=EVIDENCE)
            self.state, self.step, self.waiting, self.moves = State.REPORTED, 0, False, 0
            self.escalation: dict[str, Any] | None = None

        def expected(self, move: Move) -> bool:
            """Does the table, and what else there is to know, allow it?"""
            return (
                (self.state, move) in ALLOWED
                and not (move == Move.WAIT and self.waiting)
                and not (move == Move.RESUME and not self.waiting)
                and not (move == Move.DE_ESCALATE and self.step == 0)
                and not (move == Move.ESCALATE and self.step == STEPS)
            )

        def done(self, move: Move) -> None:
            """The same in the model."""
            self.state, self.moves = ALLOWED[self.state, move], self.moves + 1
            self.step += {Move.ESCALATE: 1, Move.DE_ESCALATE: -1}.get(move, 0)
            self.waiting = move == Move.WAIT or (self.waiting and move not in ENDS_WAIT)

        @rule(move=st.sampled_from(sorted(DEMANDS)))
        def moved(self, move: Move) -> None:
            """A move of the API's."""
            details = {name: given[name] for name in DEMANDS[move].needs}
            answer = make_move(standing.api, self.issue, move, **details)
            assert answer.status_code == (200 if self.expected(move) else 409), (self.state, move, answer.json)
            if answer.status_code == 200:
                self.done(move)

        @rule()
        def escalated(self) -> None:
            """By hand."""
            answer = standing.api.post(f"/issues/{self.issue['id']}/escalations", {"reason": WHY})
            assert answer.status_code == (201 if self.expected(Move.ESCALATE) else 409), (self.state, answer.json)
            if answer.status_code == 201:
                self.escalation = answer.json
                self.done(Move.ESCALATE)

        @rule()
        def acknowledged(self) -> None:
            """Of the last escalation, once: it moves the issue if that still waits for it."""
            if self.escalation is None:
                return
            ids = {
                name: UUID(self.escalation[key])
                for name, key in (("escalation_id", "id"), ("issue_id", "issue_id"))
            }
            deliver(standing.sessions, facts.acknowledged(**ids, acknowledged_at=clock.now()))
            self.moves += 1
            if self.state == State.ESCALATED and self.step == self.escalation["step"]:
                self.state = State.ACKNOWLEDGED
            self.escalation = None

        @invariant()
        def it_is_where_the_table_says(self) -> None:
            """State, step and whether it waits."""
            found = standing.api.get(f"/issues/{self.issue['id']}").json
            assert (found["state"], found["step"]) == (self.state, self.step)
            assert (found["waiting"] is not None) == self.waiting
            assert (found["closed_at"] is not None) == (self.state in CLOSED)

        @invariant()
        def its_timeline_is_complete(self) -> None:
            """One line for the report and one for each thing that happened."""
            items = standing.api.get(f"/issues/{self.issue['id']}/timeline", limit=200).json["items"]
            assert len(items) == 1 + self.moves

        @invariant()
        def no_timer_is_alive_on_a_closed_issue(self) -> None:
            """And none is paused but on one that waits."""
            with standing.sessions() as session:
                values = {"id": self.issue["id"]}
                alive = text("SELECT paused_at FROM timers WHERE issue_id = CAST(:id AS uuid) AND done_at IS NULL")
                rows = session.execute(alive, values).scalars().all()
            assert not (self.state in CLOSED and rows)
            assert self.waiting or not any(rows)

    return Life


def test_no_sequence_of_moves_leaves_the_table(standing: Standing) -> None:
    """Whatever is tried in whatever order, the issue is where the table says, its timeline complete, and no timer
    runs on once it is closed."""
    # A trail of moves is long and each is a request: few examples, each of many steps, find what there is.
    few = settings(
        max_examples=12,
        stateful_step_count=25,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine(standing), settings=few)
