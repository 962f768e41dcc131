"""Who reacts to what: the table at the foot."""

from sqlalchemy.orm import Session

from services.notifications.contacts.actions import update_contacts
from services.notifications.deliveries.actions import count_deliveries
from services.notifications.notices.actions import keep_notices
from services.notifications.notifications.actions import notify, stop_waiting
from services.notifications.notifications.rules import Channel, State
from services.notifications.schedule import SEND_DUE
from shared.contracts.assignments import ESCALATION_ROUTED, OFFICIAL_CHANGED, SIGNING_KEY_CHANGED
from shared.messaging.events import Event
from shared.messaging.wake import wake
from shared.web.keys import apply_key_events


def tell_everybody(session: Session, events: list[Event]) -> None:
    """Everybody routed to gets a notification per channel; the sender is woken."""
    keep_notices(session, events)
    new = notify(session, events)
    count_deliveries(session, {(Channel.INAPP, State.SENT): new // len(Channel)})
    wake(session, SEND_DUE)


def note_contacts(session: Session, events: list[Event]) -> None:
    """Contacts follow the officials; mail that waited for one goes out."""
    if stop_waiting(session, update_contacts(session, events)):
        wake(session, SEND_DUE)


HANDLERS = {
    ESCALATION_ROUTED: tell_everybody,
    OFFICIAL_CHANGED: note_contacts,
    SIGNING_KEY_CHANGED: apply_key_events,
}
