"""The one table of what the notifications service does by itself besides sending: rows that are due, and who works
them off."""

from services.notifications.directives.expanding import expand
from services.notifications.replays.carrying import carry_out
from shared.messaging.clockwork import Duty

DUTIES: tuple[Duty, ...] = (Duty("expand_broadcasts", 1, expand), Duty("carry_out_replays", 1, carry_out))
