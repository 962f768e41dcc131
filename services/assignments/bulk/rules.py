"""Imports without a database: how one comes to its end."""

from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    """Where an import stands."""

    WAITING = "waiting"
    RUNNING = "running"
    APPLIED = "applied"  # everything was written
    CHECKED = "checked"  # a dry run without a fault
    REFUSED = "refused"  # there are faults; nothing was written
    FAILED = "failed"  # it could not be worked off; nothing was written


class Phase(StrEnum):
    """What a running import is doing."""

    READING = "reading"
    CHECKING = "checking"
    WRITING = "writing"


OPEN = (State.WAITING, State.RUNNING)

LEASE = timedelta(seconds=60)  # whoever works it off says so again long before
ATTEMPTS = 3
KEPT_FAULTS = 5_000
KEPT_DAYS = 90
FILE_NAME_MAX = 200


def outcome(faults: int, dry_run: bool) -> State:
    """The end of an import that was looked through."""
    if faults:
        return State.REFUSED
    return State.CHECKED if dry_run else State.APPLIED


def after_failure(attempts: int) -> State:
    """What becomes of an import whose worker broke off that often."""
    return State.FAILED if attempts >= ATTEMPTS else State.WAITING
