"""Issuing, correcting and recalling directives."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.notifications.directives import audience, rules
from services.notifications.directives.model import Attachment, Broadcast, Directive, Edition, Receipt
from services.notifications.directives.queries import files_of, pending_reminders
from services.notifications.directives.rules import Purpose
from services.notifications.notices.actions import Fact, keep_notices
from services.notifications.notices.rules import Kind
from services.notifications.units.queries import unit_today
from shared import clock, trace
from shared.errors import BadInput
from shared.ids import uuid7
from shared.messaging.clockwork import clock_channel
from shared.messaging.wake import wake
from shared.web.auth import Principal

EXPANDING = clock_channel("notifications")


def issue(
    session: Session,
    who: Principal,
    *,
    unit: str,
    links: Sequence[dict[str, str]],
    files: Sequence[dict[str, Any]],
    **given: Any,
) -> Directive:
    """Issue a directive; everybody it is for is told from the commit on, chunk by chunk.

    Raises BadInput naming the field, also if it is for nobody; Forbidden for a place outside the territory.
    """
    place = unit_today(session, unit, "unit")
    who.check(place.path)
    _check_day(given["pass_on_by"], given["remind_before_days"])
    if unknown := audience.unknown_posts(session, given["posts"]) if given["posts"] else []:
        raise BadInput(f"Nobody holds the post {', '.join(unknown)}.", field="posts")
    directive = Directive.issued(place, who.client_id, **given)
    if not audience.size(session, directive):
        raise BadInput("Nobody holds such a post there today, so it would be for nobody.", field="unit")
    attached = [*_linked(directive, links), *_enclosed(directive, files)]
    _broadcast(session, directive, Purpose.ISSUED, attached)
    session.add_all([directive, Edition.of(directive, who.client_id, None)])
    session.flush()
    session.add_all(attached)
    _plan_reminder(session, directive)
    return directive


def correct(session: Session, directive: Directive, changes: dict[str, Any], reason: str, by: str) -> Directive:
    """Another edition: everybody is told, and who has read the one before has yet to read this. `changes`: title,
    body, pass_on_by as far as they change. Raises BadInput, RuleBroken."""
    if all(getattr(directive, name) == value for name, value in changes.items()):
        raise BadInput("Nothing is changed by this.", field="title")
    directive.correct(changes)
    _check_day(changes.get("pass_on_by"), directive.remind_before_days)
    _broadcast(session, directive, Purpose.CORRECTED, files_of(session, directive.id), reason)
    session.add(Edition.of(directive, by, reason))
    _plan_reminder(session, directive)
    return directive


def recall(session: Session, directive: Directive, reason: str) -> Directive:
    """It does not hold any more: everybody is told, nobody is reminded. Raises RuleBroken."""
    directive.recall()
    stands = directive.notice_id
    _broadcast(session, directive, Purpose.RECALLED, (), reason)
    directive.notice_id = stands  # who had read it before stays known
    _call_off_reminders(session, directive)
    return directive


def _broadcast(
    session: Session,
    directive: Directive,
    purpose: Purpose,
    attached: Sequence[Attachment],
    reason: str | None = None,
) -> None:
    """Write down what there is to say, and that it is to be told."""
    broadcast = Broadcast.of(directive, purpose, reason=reason)
    directive.notice_id = broadcast.id
    session.add(directive)
    session.flush()
    session.add(broadcast)
    now = trace.current()
    facts = rules.facts_of(directive, broadcast, attached)
    keep_notices(session, Kind.DIRECTIVE, [Fact(facts, now.correlation_id, now.traceparent)])
    wake(session, EXPANDING)


def _plan_reminder(session: Session, directive: Directive) -> None:
    _call_off_reminders(session, directive)
    at = rules.remind_at(directive.pass_on_by, directive.remind_before_days)
    if at is not None and at > clock.now():
        session.add(Broadcast.of(directive, Purpose.REMINDER, due_at=at))


def _call_off_reminders(session: Session, directive: Directive) -> None:
    for each in pending_reminders(session, directive.id):
        each.due_at = None


def _check_day(pass_on_by: Any, remind_before_days: int | None) -> None:
    if pass_on_by is not None and pass_on_by < clock.today():
        raise BadInput("That day is over.", field="pass_on_by")
    if pass_on_by is None and remind_before_days is not None:
        raise BadInput("Without a day it is to be passed on by there is nothing to remind of.", field="pass_on_by")


def _linked(directive: Directive, links: Sequence[dict[str, str]]) -> list[Attachment]:
    return [Attachment(id=uuid7(), directive_id=directive.id, **each) for each in links]


def _enclosed(directive: Directive, files: Sequence[dict[str, Any]]) -> list[Attachment]:
    made = []
    for place, each in enumerate(files):
        content = each["content"]
        kept = {
            "media_type": rules.check_file(place, content),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        made.append(Attachment(id=uuid7(), directive_id=directive.id, name=each["name"], content=content, **kept))
    return made


def pass_on(receipt: Receipt, given: dict[str, Any], by: str) -> Receipt:
    """An official says that they passed it on. Raises BadInput for a day to come."""
    if given["on"] > clock.today():
        raise BadInput("That day has not come yet.", field="on")
    receipt.pass_on(given["on"], given["to"], given["note"], by)
    return receipt
