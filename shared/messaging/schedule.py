"""Ticks: wake-ups published on a fixed rhythm, for what a lost wake-up left behind."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tick:
    """Publish `task` to `queue` every `every` seconds. A tick nobody took in that time is dropped."""

    task: str
    queue: str
    every: float
    args: tuple[str, ...] = ()
