"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable
from typing import Any


def until(
    condition: Callable[[], Any],
    seconds: float = 60.0,
    what: str = "a condition",
    report: Callable[[], object] = str,
) -> Any:
    """Wait for a condition to hold and return its value; fails after `seconds`, saying what was waited for and what
    `report` then finds."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what} {report()}"
        time.sleep(0.05)
    return value
