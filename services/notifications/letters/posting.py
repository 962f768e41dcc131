"""Sending letters: few, one by one, beside the other mail. Claim, commit; send; drop, commit."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from services.notifications.letters import actions, rules
from shared import clock, logs
from shared.sealing import Seal

log = logs.get_logger()

LEASE = timedelta(minutes=5)
LIMIT = 20
_EVERY = 0.5  # seconds: this is asked after every chunk of other mail


class Postman:
    """Sends what is due. `send` takes an address, a subject and a text, and says whether a server has taken it."""

    def __init__(self, send: Callable[[str, str, str], bool], secret_key: str) -> None:
        self._send = send
        self._seal = Seal(secret_key, rules.LINK_SEAL)
        self._next = 0.0

    def __call__(self, sessions: sessionmaker[Session]) -> None:
        """Have a look, if it is time."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY
        with sessions.begin() as session:
            due = actions.take_due(session, clock.now(), LIMIT, LEASE)
        for letter in due:
            done = self._is_done(letter)
            with sessions.begin() as session:
                if done:
                    actions.drop(session, letter.id)
                else:
                    actions.wait(session, letter.id, clock.now() + rules.pause_after(letter.attempts))

    def _is_done(self, letter: Any) -> bool:
        """Sent, or never to be: too late, another address by now, sealed with another secret."""
        if letter.expires_at <= clock.now():
            return True
        if not letter.email:
            return False
        link = self._seal.open(letter.sealed_link or "")
        if link is None or rules.digest_of(letter.email) != letter.address_digest:
            log.error("letter_refused", letter_id=str(letter.id), kind=letter.kind, opened=link is not None)
            return True
        subject, text = rules.written(letter.kind, letter.language, letter.full_name, link, letter.expires_at)
        return self._send(letter.email, subject, text)
