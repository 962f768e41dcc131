"""Who reacts to what: the table at the foot."""

from sqlalchemy.orm import Session

from services.notifications.acknowledgements.handing import pass_on
from services.notifications.contacts.actions import update_contacts
from services.notifications.holders.actions import keep_holders
from services.notifications.letters.actions import keep_letters
from services.notifications.notices.actions import keep_notices
from services.notifications.notices.rules import Kind
from services.notifications.notifications.actions import notify, stop_waiting, tell_at_once
from services.notifications.reachability.actions import announce
from services.notifications.units.actions import keep_units
from shared.contracts import assignments, visits
from shared.contracts.assignments import ESCALATION_ROUTED, OFFICIAL_CHANGED, SIGNING_KEY_CHANGED
from shared.messaging.consumer import AtOnce
from shared.messaging.events import Event
from shared.web.keys import apply_key_events


def tell_everybody(session: Session, events: list[Event]) -> None:
    """Everybody routed to gets a notification per channel."""
    _tell(session, Kind.ESCALATION, events)


def tell_everybody_at_once(session: Session, event: Event) -> bool:
    """The same of one event; False if some of them wish otherwise, or it was done before."""
    return tell_at_once(session, Kind.ESCALATION, event)


def remind(session: Session, events: list[Event]) -> None:
    """Everybody to be reminded gets a notification per channel."""
    _tell(session, Kind.REMINDER, events)


def _tell(session: Session, kind: Kind, events: list[Event]) -> None:
    keep_notices(session, kind, events)
    notify(session, kind, events)


def note_contacts(session: Session, events: list[Event]) -> None:
    """Contacts follow the officials; mail that waited for one goes out, and who is out of reach is told."""
    officials = update_contacts(session, events)
    stop_waiting(session, officials)
    announce(session, officials)


HANDLERS = {
    ESCALATION_ROUTED: tell_everybody,
    assignments.ESCALATION_REROUTED: pass_on,
    assignments.REMINDER_DUE: remind,
    visits.REMINDER_DUE: remind,
    OFFICIAL_CHANGED: note_contacts,
    assignments.UNIT_CHANGED: keep_units,
    assignments.ASSIGNMENT_CHANGED: keep_holders,
    SIGNING_KEY_CHANGED: apply_key_events,
    assignments.ACCOUNT_MAIL_DUE: keep_letters,
}

# A lone escalation, for which somebody waits.
AT_ONCE: AtOnce = {ESCALATION_ROUTED: tell_everybody_at_once}
