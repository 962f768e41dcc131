"""Who reacts to what in the assignments service."""

from services.assignments.doubts.actions import raise_doubts
from services.assignments.reachability.actions import keep_reach
from services.assignments.reachability.falling import fall_back
from services.assignments.reorganisations.actions import note_answers
from services.assignments.responsibility.actions import route_at_once, route_escalations
from shared.contracts.notifications import CONTACT_CHANGED
from shared.contracts.visits import (
    ESCALATION_DECLINED,
    ESCALATION_UNREACHED,
    ISSUE_ESCALATED,
    REORGANISATION_UNDO_ANSWERED,
)
from shared.messaging.consumer import AtOnce, Handlers

HANDLERS: Handlers = {
    ISSUE_ESCALATED: route_escalations,
    CONTACT_CHANGED: keep_reach,
    ESCALATION_DECLINED: raise_doubts,
    ESCALATION_UNREACHED: fall_back,
    REORGANISATION_UNDO_ANSWERED: note_answers,
}

# A lone escalation, for which somebody waits.
AT_ONCE: AtOnce = {ISSUE_ESCALATED: route_at_once}
