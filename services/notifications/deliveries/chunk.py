"""The rows claimed together, and what became of each."""

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from services.notifications.deliveries import rules
from services.notifications.deliveries.actions import Attempt, Settled
from services.notifications.deliveries.asked import NOTHING, Asked
from services.notifications.deliveries.parcel import Parcel
from services.notifications.deliveries.rules import Change, DeliveryFailure, Outcome
from services.notifications.notifications.rules import State, Waiting
from shared import clock


class Chunk:
    """Parcels in order; each is settled once. Nothing is begun after the deadline (of the monotonic clock)."""

    def __init__(self, parcels: Sequence[Parcel], deadline: float) -> None:
        self._deadline = deadline
        self._left: dict[Parcel, list[Attempt]] = {parcel: [] for parcel in parcels}
        self.settled: list[Settled] = []

    def __len__(self) -> int:
        return len(self._left)

    def waiting(self) -> Iterator[Parcel]:
        """Those not settled yet, while there is time."""
        for parcel in list(self._left):
            if time.monotonic() > self._deadline:
                return
            if parcel in self._left:
                yield parcel

    def tried(
        self,
        parcel: Parcel,
        provider: str,
        failure: DeliveryFailure | None = None,
        code: int | None = None,
        answer: str = "",
        seconds: float = 0.0,
        *,
        asked: Asked = NOTHING,
        final: bool = True,
    ) -> None:
        """Note an attempt. Unless it is final the parcel goes on waiting: another provider may take it."""
        now = clock.now()
        attempts = self._left[parcel]
        attempts.append(Attempt(now, provider, Outcome.of(failure), code, answer, seconds, asked))
        if final:
            made = len(attempts) - 1
            self._settle(
                parcel,
                [
                    rules.after_attempt(failure, attempts=row.attempts + made, tried_since=row.tried_since, now=now)
                    for row in parcel.rows
                ],
            )

    def cannot(self, parcel: Parcel, why: Waiting) -> None:
        """Nobody knows where to send it."""
        now = clock.now()
        self._settle(parcel, [rules.without_contact(why, row.created_at, now) for row in parcel.rows])

    def refuse(self, parcel: Parcel, reason: str) -> None:
        """It is known without trying that nobody would take it."""
        self._settle(parcel, [Change(State.FAILED, error=reason) for _ in parcel.rows])

    def put_off(self, parcel: Parcel, hold: timedelta) -> None:
        """It keeps its place, and may be claimed again after the hold."""
        now = clock.now()
        self._settle(parcel, [rules.given_back(row.due_at, hold, now) for row in parcel.rows])

    def let_go(self, parcel: Parcel) -> list[Attempt]:
        """It is under way and will be taken back, perhaps by a later chunk; with the attempts made so far."""
        return self._left.pop(parcel)

    def take_back(self, parcel: Parcel, attempts: list[Attempt]) -> None:
        """It is here again, to be settled."""
        self._left[parcel] = attempts

    def finish(self, hold: timedelta) -> list[Settled]:
        """What became of every row; those that still wait are put off."""
        for parcel in list(self._left):
            self.put_off(parcel, hold)
        return self.settled

    def _settle(self, parcel: Parcel, changes: list[Change]) -> None:
        now, attempts = clock.now(), self._left.pop(parcel)
        for row, matter, change in zip(parcel.rows, parcel.matters, changes, strict=True):
            self.settled.append(Settled(row, change, now, attempts, matter.notice))
