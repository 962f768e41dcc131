"""Reading a timeline."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.timeline.model import TimelineEntry
from services.visits.timeline.rules import render
from shared.web.paging import paginate


def page_of_issue(session: Session, issue_id: UUID, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of an issue's timeline, oldest first, each line with its text in both languages."""
    keys = (TimelineEntry.at, TimelineEntry.kind, TimelineEntry.ref)
    statement = select(TimelineEntry).where(TimelineEntry.issue_id == issue_id)
    page = paginate(session, statement, *keys, limit=limit, cursor=cursor)
    return page | {"items": [_shown(entry) for entry in page["items"]]}


def _shown(entry: TimelineEntry) -> dict[str, Any]:
    text = render(entry.kind, entry.actor_name, entry.data)
    return {
        "at": entry.at,
        "kind": entry.kind,
        "actor": {"kind": entry.actor_kind, "id": entry.actor_id, "name": entry.actor_name},
        "text": {"vi": text.vi, "en": text.en},
        "data": entry.data,
    }
