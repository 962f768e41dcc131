"""Who reacts to what in the assignments service."""

from services.assignments.responsibility.actions import route_escalations
from shared.contracts.visits import ISSUE_ESCALATED
from shared.messaging.consumer import Handlers

HANDLERS: Handlers = {
    ISSUE_ESCALATED: route_escalations,
}
