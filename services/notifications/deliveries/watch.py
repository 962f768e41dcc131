"""The eye on a channel: whose provider is in trouble, what is late, and does the operator know."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from services.notifications.alarms.actions import give_back, say, take_untold
from services.notifications.alarms.rules import SAID_EVERY
from services.notifications.deliveries.carrier import Carrier
from services.notifications.notifications.lanes import ORDINARY
from services.notifications.notifications.rules import Channel
from shared import clock, logs
from shared.prepared import Prepared

log = logs.get_logger()

LATE = "late"
_OLDEST = Prepared(
    """
    SELECT channel, (SELECT min(due_at) FROM notifications AS n
                     WHERE n.channel = asked.channel AND n.lane = CAST(:lane AS smallint) AND due_at IS NOT NULL)
    FROM unnest(CAST(:channels AS text[])) AS asked (channel)
    """
)


class Watch:
    """Writes alarms when something changes and every ten seconds. `mail` sends the operator one message of subject
    and text, and says whether it could."""

    def __init__(
        self,
        carrier: Carrier,
        *,
        late_after: timedelta,
        mail: Callable[[str, str], bool] | None = None,
    ) -> None:
        self._carrier = carrier
        self._late_after = late_after
        self._mail = mail
        self._troubles: dict[str, str] | None = None
        self._late: dict[str, str] | None = None
        self._next = 0.0

    def __call__(self, sessions: sessionmaker[Session]) -> None:
        """Have a look, if it is time."""
        troubles = self._carrier.troubles()
        if troubles == self._troubles and time.monotonic() < self._next:
            return
        now = clock.now()
        with sessions.begin() as session:
            late = overdue(session, now, self._late_after)
            if troubles or self._troubles != {}:
                say(session, self._carrier.channel, troubles, now)
            if late or self._late != {}:
                say(session, LATE, late, now)
        for channel, detail in late.items():
            log.warning("deliveries_late", channel=channel, detail=detail)
        self._troubles, self._late = troubles, late
        self._next = time.monotonic() + SAID_EVERY.total_seconds()
        if self._mail:
            self._tell(sessions, self._mail)

    def _tell(self, sessions: sessionmaker[Session], mail: Callable[[str, str], bool]) -> None:
        # Taken and committed before the network is touched; given back if no server would have the mail.
        with sessions.begin() as session:
            untold = take_untold(session, clock.now())
        if not untold:
            return
        lines = [
            f"{each.source}: {each.name}\n  {each.detail}\n  since {each.since:%d/%m/%Y %H:%M} UTC\n"
            for each in untold
        ]
        if not mail(f"[Cầu Nối] {untold[0].source}: {untold[0].name}", "\n".join(lines)):
            with sessions.begin() as session:
                give_back(session, untold)


def overdue(session: Session, now: datetime, limit: timedelta) -> dict[str, str]:
    """The channels whose oldest due notification has waited longer than that."""
    found = _OLDEST.rows(session, {"channels": [each.value for each in Channel], "lane": ORDINARY})
    return {
        channel: f"the oldest due notification has waited for {int((now - oldest).total_seconds())} s"
        for channel, oldest in found
        if oldest and now - oldest > limit
    }
