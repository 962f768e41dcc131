"""Freeze what there is to say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from services.notifications.notices.rules import ASKING, Kind, id_of
from shared import clock
from shared.database import dumps
from shared.prepared import Prepared

# The rows of `notices_of`.
NOTICES = """
    INSERT INTO notices (id, kind, about_id, issue_id, issue_code, unit_path, facts, correlation_id,
                         traceparent, created_at)
    SELECT row.*, CAST(:now AS timestamptz) FROM json_to_recordset(CAST(:notices AS json))
        AS row (id uuid, kind text, about_id uuid, issue_id uuid, issue_code text, unit_path text, facts json,
                correlation_id text, traceparent text) {besides}
    ON CONFLICT DO NOTHING
    """
_INSERT = Prepared(NOTICES.format(besides=""))


class Told(Protocol):
    """What is said, and in which trace: an event, or a `Fact`."""

    @property
    def data(self) -> dict[str, Any]:
        """What is said."""

    @property
    def correlation_id(self) -> str:
        """The id of the whole piece of work."""

    @property
    def traceparent(self) -> str:
        """The W3C traceparent of the hop before."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something this service itself has to say."""

    data: dict[str, Any]
    correlation_id: str
    traceparent: str


def keep_notices(session: Session, kind: Kind, events: Sequence[Told]) -> None:
    """One notice per event of that kind, in one statement; a notice there already stays as it is."""
    _INSERT.run(session, {"notices": notices_of(kind, events), "now": clock.now()})


def notices_of(kind: Kind, events: Sequence[Told]) -> str:
    """The rows of the notices of these events, as JSON."""
    rows = []
    for event in events:
        about = event.data["issue"] if kind in ASKING else event.data
        rows.append(
            {
                "id": id_of(kind, event.data),
                "kind": kind,
                "about_id": event.data["escalation_id"] if kind is Kind.HANDOVER else None,
                "issue_id": about["id"] if kind in ASKING else about["issue_id"],
                "issue_code": about["code"] if kind in ASKING else about.get("issue_code"),
                "unit_path": about["unit_path"],
                "facts": event.data,
                "correlation_id": event.correlation_id,
                "traceparent": event.traceparent,
            }
        )
    return dumps(rows)
