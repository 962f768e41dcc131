"""Replays are carried out chunk by chunk, one transaction each: a crash undoes a chunk, and the next one begins
where the last committed one ended."""

import time
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from services.notifications.replays.actions import REPLAYING, replay_next
from services.notifications.replays.model import Replay
from shared.messaging.wake import wake

_LONGEST = 2.0  # seconds in one go: the clock has other duties, and must say that it lives
_REST = 0.02  # seconds between chunks, for others


def carry_out(sessions: sessionmaker[Session]) -> None:
    """Carry out whatever is due, the oldest first."""
    until = time.monotonic() + _LONGEST
    while time.monotonic() < until:
        with sessions.begin() as session:
            if replay_next(session) is None:
                return
        time.sleep(_REST)
    with sessions.begin() as session:
        wake(session, REPLAYING)  # there may be more: the clock comes back at once


def carry_out_one(sessions: sessionmaker[Session], replay_id: UUID) -> Iterator[Replay]:
    """Carry one replay out to its end, whether the clock helps or not; gives it after each chunk."""
    while True:
        with sessions.begin() as session:
            replay_next(session, replay_id)
        with sessions() as session:
            replay = session.get_one(Replay, replay_id)
        yield replay
        if replay.due_at is None:
            return
        time.sleep(_REST)
