"""Reading a thread: comments and what happened, one after the other; watchers; links."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Text,
    Uuid,
    and_,
    case,
    column,
    exists,
    literal,
    not_,
    null,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.visits.issues.model import Issue
from services.visits.issues.queries import SEES_RESTRICTED, id_of
from services.visits.issues.reading import LISTED, listed
from services.visits.issues.rules import Sensitivity
from services.visits.threads.model import Comment, Link, Watcher
from services.visits.threads.rules import COMMENT, LinkKind, Visibility
from services.visits.timeline.model import TimelineEntry
from services.visits.timeline.rules import render
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

Paging = dict[str, Any]

# Whoever handles issues reads what officials say among themselves; the others read what is meant for all.
HANDLES = "visits:write"

# Concepts above this one: only that a thing is there, where, and whether it is for everybody is asked.
_VISITS = table("visits", column("id", Uuid), column("unit_path", Text))
_FEEDBACK = table("feedback", column("id", Uuid), column("unit_path", Text), column("restricted", Boolean))
_ABOVE = {LinkKind.VISIT: _VISITS, LinkKind.FEEDBACK: _FEEDBACK}


def issue_of(session: Session, reference: str, who: Principal) -> Issue:
    """The issue with this id or code that the client may see; raises NotFound."""
    return session.get_one(Issue, id_of(session, reference, who))


def seen_by(issue: Any, who: Principal) -> ColumnElement[bool]:
    """The issues that the client may see; `issue` is Issue or an alias of it."""
    inside: ColumnElement[bool] = territory_filter(issue.unit_path, who)
    return inside if who.may(SEES_RESTRICTED) else inside & (issue.sensitivity == Sensitivity.NORMAL)


def comment_of(session: Session, reference: str, comment_id: UUID, who: Principal) -> Comment:
    """A comment on an issue, locked; raises NotFound."""
    statement = select(Comment).where(Comment.id == comment_id, Comment.issue_id == id_of(session, reference, who))
    found = session.scalars(statement.where(_readable(who)).with_for_update()).one_or_none()
    if found is None:
        raise NotFound()
    return found


def link_of(session: Session, reference: str, link_id: UUID, who: Principal) -> Link:
    """A link of an issue, locked; raises NotFound. It is found from the issue it was made on."""
    statement = select(Link).where(Link.id == link_id, Link.issue_id == id_of(session, reference, who))
    found = session.scalars(statement.with_for_update()).one_or_none()
    if found is None:
        raise NotFound()
    return found


def thread(session: Session, issue_id: UUID, who: Principal, paging: Paging) -> dict[str, Any]:
    """A page of what was said and what happened, oldest first."""
    line = TimelineEntry
    happened = select(
        line.at, line.kind, line.ref, line.actor_kind, line.actor_id, line.actor_name, line.data
    ).where(line.issue_id == issue_id)
    nothing = (null().cast(Text), null().cast(Text), null().cast(Text), null().cast(JSONB))
    said = select(Comment.at, literal(COMMENT, Text), Comment.id, *nothing).where(
        Comment.issue_id == issue_id, _readable(who)
    )
    both = union_all(happened, said).subquery()
    page = paginate(session, select(both), both.c.at, both.c.kind, both.c.ref, scalars=False, **paging)
    comments = by_id(session, [row["ref"] for row in page["items"] if row["kind"] == COMMENT])
    return page | {"items": [_entry(row, comments) for row in page["items"]]}


def by_id(session: Session, ids: Sequence[UUID]) -> dict[UUID, Comment]:
    """Comments by their ids; no id, no statement."""
    found = session.scalars(select(Comment).where(Comment.id.in_(ids))) if ids else ()
    return {each.id: each for each in found}


def watchers(session: Session, issue_id: UUID, paging: Paging) -> dict[str, Any]:
    """A page of an issue's watchers, longest watching first."""
    statement = select(Watcher).where(Watcher.issue_id == issue_id)
    page = paginate(session, statement, Watcher.since, Watcher.official_id, **paging)
    return page | {"items": [watcher(each) for each in page["items"]]}


def watched(session: Session, official_id: UUID, who: Principal, paging: Paging) -> dict[str, Any]:
    """A page of the issues inside the territory that an official watches, latest taken up first."""
    statement = (
        select(*LISTED, Watcher.since, Watcher.issue_id)
        .join(Watcher, Watcher.issue_id == Issue.id)
        .where(Watcher.official_id == official_id, seen_by(Issue, who))
    )
    keys = (Watcher.since, Watcher.issue_id)
    page = paginate(session, statement, *keys, descending=True, scalars=False, **paging)
    names = [each.key for each in LISTED]
    items = [listed(*(row[name] for name in names)) | {"since": row["since"]} for row in page["items"]]
    return page | {"items": items}


def links(session: Session, issue_id: UUID, who: Principal, paging: Paging) -> dict[str, Any]:
    """A page of what an issue is linked to, oldest link first. A link to another issue is seen from both; one to
    an issue outside the territory from neither, one to restricted feedback only by those who handle issues."""
    other = Issue.id == case((Link.issue_id == issue_id, Link.target_id), else_=Link.issue_id)
    seen = or_(Link.kind != LinkKind.ISSUE, and_(Issue.id.is_not(None), seen_by(Issue, who)))
    statement = (
        select(Link, Issue.id, Issue.code, Issue.title)
        .outerjoin(Issue, and_(Link.kind == LinkKind.ISSUE, other))
        .where(or_(Link.issue_id == issue_id, and_(Link.kind == LinkKind.ISSUE, Link.target_id == issue_id)), seen)
    )
    if not who.may(HANDLES):
        statement = statement.where(not_(exists().where(_FEEDBACK.c.id == Link.target_id, _FEEDBACK.c.restricted)))
    keyed = statement.add_columns(Link.at.label("at"), Link.id.label("link_id"))
    keys = (Link.at, Link.id.label("link_id"))
    page = paginate(session, keyed, *keys, scalars=False, **paging)
    return page | {"items": [_linked(row) for row in page["items"]]}


def is_there(session: Session, kind: LinkKind, target_id: UUID, who: Principal) -> bool:
    """Whether there is such a visit or feedback inside the territory."""
    above = _ABOVE[kind]
    path = session.scalar(select(above.c.unit_path).where(above.c.id == target_id))
    return path is not None and who.covers(path)


def is_restricted(session: Session, made: Link) -> bool:
    """Whether a link leads to what only those who handle issues may know of."""
    restricted = select(_FEEDBACK.c.restricted).where(_FEEDBACK.c.id == made.target_id)
    return made.kind == LinkKind.FEEDBACK and bool(session.scalar(restricted))


def watchers_of(session: Session, issue_ids: Iterable[UUID]) -> list[Watcher]:
    """The watchers of several issues, in the order they took them up."""
    statement = select(Watcher).where(Watcher.issue_id.in_(list(issue_ids)))
    return list(session.scalars(statement.order_by(Watcher.since, Watcher.official_id)))


def watcher(each: Watcher) -> dict[str, Any]:
    """A watcher as the API shows them."""
    return {"official": {"id": each.official_id, "full_name": each.full_name}, "since": each.since}


def comment(each: Comment) -> dict[str, Any]:
    """A comment as the API shows it; of a withdrawn one only the reason is left."""
    withdrawal = {"at": each.withdrawn_at, "reason": each.withdrawal_reason} if each.withdrawn_at else None
    return {
        "id": each.id,
        "at": each.at,
        "text": None if withdrawal else each.text,
        "visible_to": each.visible_to,
        "actor": actor_of(each),
        "withdrawn": withdrawal,
    }


def link(each: Link, issue: dict[str, Any] | None) -> dict[str, Any]:
    """A link as the API shows it; `issue` is the other one, for a link to an issue."""
    document = {"number": each.number, "title": each.title, "url": each.url}
    return {
        "id": each.id,
        "kind": each.kind,
        "target": each.target_id if each.kind in (LinkKind.VISIT, LinkKind.FEEDBACK) else None,
        "issue": issue,
        "document": document if each.kind == LinkKind.DOCUMENT else None,
        "at": each.at,
        "actor": actor_of(each),
    }


def actor_of(each: Comment | Link) -> dict[str, Any]:
    """Who did it: the official, else the client."""
    if each.official_id:
        return {"kind": "official", "id": str(each.official_id), "name": each.official_name}
    return {"kind": "client", "id": each.client_id, "name": None}


def _readable(who: Principal) -> ColumnElement[bool]:
    return or_(literal(who.may(HANDLES)), Comment.visible_to == Visibility.ALL)


def _linked(row: Any) -> dict[str, Any]:
    other = {"id": row["id"], "code": row["code"], "title": row["title"]} if row["code"] else None
    return link(row["Link"], other)


def _entry(row: Any, comments: dict[UUID, Comment]) -> dict[str, Any]:
    if row["kind"] == COMMENT:
        said = comments[row["ref"]]
        return {"at": row["at"], "kind": COMMENT, "actor": actor_of(said), "text": None, "comment": comment(said)}
    text = render(row["kind"], row["actor_name"], row["data"])
    return {
        "at": row["at"],
        "kind": row["kind"],
        "actor": {"kind": row["actor_kind"], "id": row["actor_id"], "name": row["actor_name"]},
        "text": {"vi": text.vi, "en": text.en},
        "comment": None,
    }
