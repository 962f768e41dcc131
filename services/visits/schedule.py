"""What the visits service does on a fixed rhythm."""

from shared.messaging.schedule import Tick

SCHEDULE: tuple[Tick, ...] = ()
