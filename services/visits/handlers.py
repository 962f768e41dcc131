"""Who reacts to what in the visits service: the table at the foot."""

from sqlalchemy.orm import Session

from services.visits.cadence.actions import heed_absences, heed_assignments, take_rules
from services.visits.escalations.answers import (
    note_acknowledgements,
    note_answers,
    note_arrivals,
    note_failures,
    note_rerouting,
    note_routing,
)
from services.visits.escalations.unreached import note_unreached
from services.visits.followings.actions import follow_names, keep_clusters
from services.visits.officials.actions import keep_officials
from services.visits.reorganisations.actions import answer_whether_undone, follow_places
from services.visits.units.actions import keep_hamlets, keep_units
from shared.contracts import assignments, notifications
from shared.messaging.consumer import Handler, Handlers
from shared.messaging.events import Event
from shared.web.keys import apply_key_events


def named_anew(keep: Handler, key: str) -> Handler:
    """Keep what was heard, and let those who follow it, or are it, be called so; `key` is where its id stands."""

    def handle(session: Session, events: list[Event]) -> None:
        keep(session, events)
        follow_names(session, [event.data[key] for event in events])

    return handle


HANDLERS: Handlers = {
    assignments.UNIT_CHANGED: named_anew(keep_units, "unit_id"),
    assignments.HAMLET_CHANGED: named_anew(keep_hamlets, "hamlet_id"),
    assignments.OFFICIAL_CHANGED: named_anew(keep_officials, "official_id"),
    assignments.CLUSTER_CHANGED: named_anew(keep_clusters, "cluster_id"),
    assignments.ASSIGNMENT_CHANGED: heed_assignments,
    assignments.ABSENCE_CHANGED: heed_absences,
    assignments.UNIT_SUCCEEDED: follow_places,
    assignments.REORGANISATION_UNDO_ASKED: answer_whether_undone,
    assignments.RULES_APPLIED: take_rules,
    assignments.SIGNING_KEY_CHANGED: apply_key_events,
    assignments.ESCALATION_ROUTED: note_routing,
    assignments.ESCALATION_REROUTED: note_rerouting,
    notifications.NOTIFICATION_ACKNOWLEDGED: note_acknowledgements,
    notifications.NOTIFICATION_ANSWERED: note_answers,
    notifications.NOTIFICATION_FAILED: note_failures,
    notifications.NOTIFICATION_ARRIVED: note_arrivals,
    notifications.OFFICIAL_UNREACHED: note_unreached,
}
