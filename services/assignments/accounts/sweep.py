"""Forgetting what nobody needs any more: old refresh tokens, and attempts that failed long ago."""

from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from services.assignments.accounts.rules import FORGOTTEN_AFTER
from shared import clock
from shared.prepared import Prepared

BATCH = 5000
# Longer than a session: a token that comes again still shows that it was stolen.
KEEP_TOKENS = timedelta(days=30)

_TOKENS = Prepared(
    "DELETE FROM refresh_tokens WHERE digest IN "
    "(SELECT digest FROM refresh_tokens WHERE expires_at < :before LIMIT :limit)"
)
_ATTEMPTS = Prepared(
    "DELETE FROM sign_in_attempts WHERE key IN "
    "(SELECT key FROM sign_in_attempts WHERE last_at < :before LIMIT :limit FOR UPDATE SKIP LOCKED)"
)


def forget(sessions: sessionmaker[Session]) -> None:
    """Delete what is past its time, one commit a batch."""
    now = clock.now()
    for statement, before in ((_TOKENS, now - KEEP_TOKENS), (_ATTEMPTS, now - FORGOTTEN_AFTER)):
        gone = BATCH
        while gone == BATCH:
            with sessions.begin() as session:
                gone = statement.run(session, {"before": before, "limit": BATCH})
