"""The given words that are in use, as a process that sends has them at hand."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.orm import Session, sessionmaker

from services.notifications.alarms.actions import say
from services.notifications.alarms.rules import SAID_EVERY
from services.notifications.notices.wording import Wording
from services.notifications.templates import actions, queries
from services.notifications.templates.making import compiled
from services.notifications.templates.rules import Key
from shared import clock, logs

log = logs.get_logger()

T = TypeVar("T")
SOURCE = "templates"  # of alarms
_EVERY = 1.0  # seconds


class _Kept(NamedTuple):
    version: int
    wording: Wording


class Shelf:
    """Looked after between two chunks. Words that fail are put out of use for all, and the operator is told: until
    somebody gives others, the built-in ones are used."""

    def __init__(self) -> None:
        self._kept: dict[Key, _Kept] = {}
        self._broken: dict[Key, tuple[int, str]] = {}
        self._next = self._next_alarm = 0.0
        self._alarmed = True  # what an earlier process said may be over

    def say(self, key: Key, make: Callable[[Wording | None], T]) -> T:
        """What is made with the words in use for something, or, if that fails, with the built-in ones (None)."""
        kept = self._kept.get(key)
        if kept:
            try:
                return make(kept.wording)
            except Exception as error:  # whatever was written there must not keep a message back
                self._put_away(key, kept.version, error)
        return make(None)

    def __call__(self, sessions: sessionmaker[Session]) -> None:
        """Have a look what is in use, if it is time."""
        now = time.monotonic()
        if now < self._next and not self._broken:
            return
        self._next = now + _EVERY
        with sessions.begin() as session:
            for key, (version, reason) in self._broken.items():
                actions.put_out_of_use(session, key, version, reason)
            self._broken.clear()
            in_use = queries.in_use(session)
            self._take(in_use)
            if now >= self._next_alarm:
                self._next_alarm = now + SAID_EVERY.total_seconds()
                self._alarm(session, in_use)

    def _take(self, in_use: list[Any]) -> None:
        kept: dict[Key, _Kept] = {}
        for row in in_use:
            key = queries.key_of(row)
            if not row.fields or row.broken_at:
                continue
            known = self._kept.get(key)
            if known and known.version == row.version:
                kept[key] = known
                continue
            try:
                kept[key] = _Kept(row.version, compiled(key, row.fields))
            except Exception as error:  # they were checked by another version of this software
                self._put_away(key, row.version, error)
        self._kept = kept

    def _put_away(self, key: Key, version: int, error: Exception) -> None:
        log.error("template_broken", template="/".join(key), version=version, error=repr(error))
        self._kept.pop(key, None)
        self._broken[key] = version, f"{type(error).__name__}: {error}"[:500]

    def _alarm(self, session: Session, in_use: list[Any]) -> None:
        wrong = {
            "/".join(queries.key_of(row)): f"version {row.version} is out of use: {row.broken_reason}"
            for row in in_use
            if row.broken_at
        }
        if wrong or self._alarmed:
            say(session, SOURCE, wrong, clock.now())
        self._alarmed = bool(wrong)
