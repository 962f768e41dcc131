"""What the assignments service does on a rhythm of its own: nothing yet. Pruning is every service's."""

from shared.messaging.schedule import Tick

SCHEDULE: tuple[Tick, ...] = ()
