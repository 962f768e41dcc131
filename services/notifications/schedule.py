"""Names of the queue and task that send, and how often the sender is woken if nobody else does."""

from shared.messaging.schedule import Tick

SENDING = "notifications.sending"
SEND_DUE = "notifications.send_due"

SCHEDULE = (Tick(SEND_DUE, SENDING, 1.0),)
