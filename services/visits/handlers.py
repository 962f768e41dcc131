"""Who reacts to what in the visits service."""

from services.visits.escalations.answers import note_acknowledgements, note_failures, note_routing
from services.visits.units.actions import keep_hamlets, keep_units
from shared.contracts import assignments, notifications
from shared.messaging.consumer import Handlers
from shared.web.keys import apply_key_events

HANDLERS: Handlers = {
    assignments.UNIT_CHANGED: keep_units,
    assignments.HAMLET_CHANGED: keep_hamlets,
    assignments.SIGNING_KEY_CHANGED: apply_key_events,
    assignments.ESCALATION_ROUTED: note_routing,
    notifications.NOTIFICATION_ACKNOWLEDGED: note_acknowledgements,
    notifications.NOTIFICATION_FAILED: note_failures,
}
