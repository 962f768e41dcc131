"""Writing the timeline: the shape of `data` for each kind of line."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.visits.timeline.rules import Happening
from shared.database import dumps
from shared.prepared import Prepared

Row = dict[str, Any]

# Also a part of statements that write more than that: `lines` is the JSON of what `told` and the others below make.
NOTE = """
    INSERT INTO timeline (issue_id, at, kind, ref, actor_kind, actor_id, actor_name, data)
    SELECT * FROM json_to_recordset(CAST(:lines AS json)) AS row (issue_id uuid, at timestamptz, kind text,
        ref uuid, actor_kind text, actor_id text, actor_name text, data jsonb)
    ON CONFLICT DO NOTHING
    """
_NOTE = Prepared(NOTE)


def note(session: Session, lines: Sequence[Row]) -> None:
    """Put lines on their timelines in one statement; what stands there already stays as it is."""
    if lines:
        _NOTE.run(session, {"lines": dumps(lines)})


def reported(issue_id: UUID, at: datetime, client_id: str, *, unit_name: str, hamlet_name: str | None) -> Row:
    """A client reported the issue."""
    data = {"unit_name": unit_name, "hamlet_name": hamlet_name}
    return _line(issue_id, at, Happening.REPORTED, issue_id, _client(client_id), data)


def escalated(
    issue_id: UUID, at: datetime, client_id: str | None, *, escalation_id: UUID, step: int, reason: str
) -> Row:
    """A client carried the issue to a step; None: the system did."""
    data = {"escalation_id": escalation_id, "step": step, "reason": reason}
    actor = _client(client_id) if client_id else _SYSTEM
    return _line(issue_id, at, Happening.ESCALATED, escalation_id, actor, data)


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
    return _answer(fact, at, Happening.ACKNOWLEDGED, step, _official(fact), {})


def answered(fact: Row, at: datetime, step: int) -> Row:
    """An official said more than that; `fact` is the data of notification.answered."""
    more = {"answer": fact["answer"], "reason": fact["reason"], "to": fact["to_full_name"]}
    return _answer(fact, at, Happening.ANSWERED, step, _official(fact), more)


def rerouted(issue_id: UUID, at: datetime, *, decline_id: UUID, **data: Any) -> Row:
    """It fell to others; `data`: escalation_id, step, declined_by, way, recipients, aware, vacancies."""
    return _line(issue_id, at, Happening.REROUTED, decline_id, _SYSTEM, data)


def unreached(fact: Row, at: datetime, step: int) -> Row:
    """An official could not be reached; `fact` is the data of notification.failed."""
    return _answer(fact, at, Happening.UNREACHED, step, _SYSTEM, {"reason": fact["reason"]})


def reached(fact: Row, at: datetime, step: int) -> Row:
    """Sent again it arrived; `fact` is the data of notification.arrived."""
    return _answer(fact, at, Happening.REACHED, step, _SYSTEM, {})


def moved(issue_id: UUID, at: datetime, by: Row, *, move_id: UUID, data: Row) -> Row:
    """Somebody moved the issue; `by` is what `actor` gives, `data` what `moving.moved` reads."""
    return _line(issue_id, at, Happening.MOVED, move_id, by, data)


def linked(issue_id: UUID, at: datetime, by: Row, *, link_id: UUID, kind: str, label: str | None) -> Row:
    """The issue was linked to something; `by` is what `actor` gives, `label` names the thing if it has a name."""
    return _line(issue_id, at, Happening.LINKED, link_id, by, {"kind": kind, "label": label})


def unlinked(issue_id: UUID, at: datetime, by: Row, *, link_id: UUID, kind: str, label: str | None) -> Row:
    """A link was taken away."""
    return _line(issue_id, at, Happening.UNLINKED, link_id, by, {"kind": kind, "label": label})


def proposal(issue_id: UUID, at: datetime, by: Row, *, move_id: UUID, data: Row) -> Row:
    """Something happened to a joint proposal on the issue; `data`: proposal_id, title, move, reason."""
    return _line(issue_id, at, Happening.PROPOSAL, move_id, by, data)


def actor(client_id: str, official: Any) -> Row:
    """Who did it: the official (with id and full_name) if one is named, else the client."""
    if official is None:
        return _client(client_id)
    return {"actor_kind": "official", "actor_id": str(official.id), "actor_name": official.full_name}


def _official(fact: Row) -> Row:
    return {"actor_kind": "official", "actor_id": str(fact["official_id"]), "actor_name": fact["full_name"]}


_SYSTEM = {"actor_kind": "system", "actor_id": None, "actor_name": None}


def _client(client_id: str) -> Row:
    return {"actor_kind": "client", "actor_id": client_id, "actor_name": None}


def _answer(fact: Row, at: datetime, kind: Happening, step: int, actor: Row, more: Row) -> Row:
    names = ("escalation_id", "official_id", "full_name", "channel")
    data = {"step": step, **{name: fact[name] for name in names}, **more}
    return _line(fact["issue_id"], at, kind, fact["notification_id"], actor, data)


def _line(issue_id: UUID, at: datetime, kind: Happening, ref: UUID, actor: Row, data: Row) -> Row:
    return {"issue_id": issue_id, "at": at, "kind": kind, "ref": ref, **actor, "data": data}
