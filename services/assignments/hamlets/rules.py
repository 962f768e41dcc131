"""Hamlets without a database."""

from typing import Any

from shared.contracts.assignments import HAMLET_CHANGED
from shared.messaging.events import NewEvent

LEVEL = "commune"  # what a hamlet stands under


def hamlet_changed(hamlet: Any) -> NewEvent:
    """The event for a hamlet as it now stands, from a row or a model."""
    data = {
        "hamlet_id": hamlet.id,
        "name": hamlet.name,
        "unit_id": hamlet.unit_id,
        "valid_from": hamlet.valid_from,
        "valid_to": hamlet.valid_to,
    }
    return NewEvent(HAMLET_CHANGED, str(hamlet.id), hamlet.version, data)
