"""What projections have in common."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from shared.messaging.events import Event


def newest(events: Iterable[Event], key: str) -> list[dict[str, Any]]:
    """The data of the newest event of each thing with its version; `key` names the thing's id in the data. In order
    of the ids, so that two workers who meet the same things lock them in the same order."""
    found: dict[UUID, Event] = {}
    for event in events:
        thing = event.data[key]
        if thing not in found or event.version >= found[thing].version:
            found[thing] = event
    return [found[thing].data | {"version": found[thing].version} for thing in sorted(found)]
