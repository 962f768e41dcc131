"""Writing the timeline: the shape of `data` for each kind of line."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.visits.database import insert_new
from services.visits.timeline.model import TimelineEntry
from services.visits.timeline.rules import Happening

Row = dict[str, Any]


def note(session: Session, lines: Sequence[Row]) -> None:
    """Put lines on their timelines in one statement; what stands there already stays as it is."""
    insert_new(session, TimelineEntry, lines)


def reported(issue_id: UUID, at: datetime, client_id: str, *, unit_name: str, hamlet_name: str | None) -> Row:
    """A client reported the issue."""
    data = {"unit_name": unit_name, "hamlet_name": hamlet_name}
    return _line(issue_id, at, Happening.REPORTED, issue_id, _client(client_id), data)


def escalated(issue_id: UUID, at: datetime, client_id: str, *, escalation_id: UUID, step: int, reason: str) -> Row:
    """A client carried the issue to a step."""
    data = {"escalation_id": escalation_id, "step": step, "reason": reason}
    return _line(issue_id, at, Happening.ESCALATED, escalation_id, _client(client_id), data)


def told(issue_id: UUID, at: datetime, *, escalation_id: UUID, step: int, recipients: list[Row]) -> Row:
    """The people responsible were found, each with the reasons."""
    data = {"escalation_id": escalation_id, "step": step, "recipients": recipients}
    return _line(issue_id, at, Happening.TOLD, escalation_id, _SYSTEM, data)


def vacant(issue_id: UUID, at: datetime, *, escalation_id: UUID, step: int, vacancies: list[Row]) -> Row:
    """Posts that nobody held when the people responsible were sought."""
    data = {"escalation_id": escalation_id, "step": step, "vacancies": vacancies}
    return _line(issue_id, at, Happening.VACANT, escalation_id, _SYSTEM, data)


def acknowledged(fact: Row, at: datetime, step: int) -> Row:
    """An official has seen it; `fact` is the data of notification.acknowledged."""
    actor = {"actor_kind": "official", "actor_id": str(fact["official_id"]), "actor_name": fact["full_name"]}
    return _answer(fact, at, Happening.ACKNOWLEDGED, step, actor, {})


def unreached(fact: Row, at: datetime, step: int) -> Row:
    """An official could not be reached; `fact` is the data of notification.failed."""
    return _answer(fact, at, Happening.UNREACHED, step, _SYSTEM, {"reason": fact["reason"]})


_SYSTEM = {"actor_kind": "system", "actor_id": None, "actor_name": None}


def _client(client_id: str) -> Row:
    return {"actor_kind": "client", "actor_id": client_id, "actor_name": None}


def _answer(fact: Row, at: datetime, kind: Happening, step: int, actor: Row, more: Row) -> Row:
    names = ("escalation_id", "official_id", "full_name", "channel")
    data = {"step": step, **{name: fact[name] for name in names}, **more}
    return _line(fact["issue_id"], at, kind, fact["notification_id"], actor, data)


def _line(issue_id: UUID, at: datetime, kind: Happening, ref: UUID, actor: Row, data: Row) -> Row:
    return {"issue_id": issue_id, "at": at, "kind": kind, "ref": ref, **actor, "data": data}
