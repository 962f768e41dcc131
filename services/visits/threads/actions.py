"""Commenting, withdrawing a comment, watching, linking."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.visits.issues.model import Issue
from services.visits.officials.queries import known
from services.visits.threads import rules
from services.visits.threads.model import Comment, Link, ThreadNews, Watcher
from services.visits.threads.queries import comment_of, is_restricted, is_there, issue_of, link_of
from services.visits.threads.rules import LinkKind, Visibility
from services.visits.timeline import actions as timeline
from shared import clock
from shared.errors import BadInput, Conflict, NotFound
from shared.web.auth import Principal


def comment(session: Session, reference: str, given: dict[str, Any], who: Principal) -> Comment:
    """Say something on an issue; `given` is what CommentInput loads.

    Raises NotFound, BadInput naming `official`, RuleBroken where the thread goes on under another issue."""
    issue = issue_of(session, reference, who)
    rules.check_goes_on(issue.merged_into)
    official = known(session, given["official"], "official") if given["official"] else None
    said = Comment.say(issue.id, given["text"], Visibility(given["visible_to"]), official, by=who.client_id)
    session.add_all([said, ThreadNews.of_comment(said)])
    session.flush()
    return said


def withdraw(session: Session, reference: str, comment_id: UUID, given: dict[str, Any], who: Principal) -> Comment:
    """Take a comment back; `given` is what WithdrawalInput loads. Raises NotFound, or RuleBroken for another's."""
    said = comment_of(session, reference, comment_id, who)
    rules.check_withdrawal(
        withdrawn=said.withdrawn_at is not None,
        author=said.official_id,
        client_id=said.client_id,
        official=given["official"],
        asking=who.client_id,
    )
    said.withdraw(given["reason"], by=who.client_id)
    session.flush()
    return said


def watch(session: Session, reference: str, official_id: UUID, who: Principal) -> Watcher:
    """Have an official told of what happens to an issue; one who watches it already goes on.

    Raises NotFound, or BadInput naming `official_id`."""
    issue = issue_of(session, reference, who)
    official = known(session, official_id, "official_id")
    row = {"full_name": official.full_name, "since": clock.now(), "added_by": who.client_id}
    new = insert(Watcher).values(issue_id=issue.id, official_id=official.id, **row)
    session.execute(new.on_conflict_do_nothing())
    return session.get_one(Watcher, (issue.id, official.id))


def unwatch(session: Session, reference: str, official_id: UUID, who: Principal) -> None:
    """Have an official told no more. Raises NotFound if they do not watch the issue."""
    issue = issue_of(session, reference, who)
    gone = delete(Watcher).where(Watcher.issue_id == issue.id, Watcher.official_id == official_id)
    if session.execute(gone.returning(Watcher.official_id)).scalar() is None:
        raise NotFound()


def link(
    session: Session, reference: str, given: dict[str, Any], who: Principal
) -> tuple[Link, dict[str, Any] | None]:
    """Link an issue to something; `given` is what LinkInput loads. The link, and the other issue if it is one.

    Raises NotFound, BadInput naming the detail, Conflict where they are linked."""
    issue = issue_of(session, reference, who)
    session.refresh(issue, with_for_update={"key_share": True})  # so that two do not link the same at once
    kind = LinkKind(given["kind"])
    rules.check_link(kind, given)
    official = known(session, given["official"], "official") if given["official"] else None
    other = _other_issue(session, given["target"], issue, who) if kind == LinkKind.ISSUE else None
    target_id = other.id if other else _target(session, kind, given["target"], who)
    _check_new(session, issue.id, kind, target_id, given["number"])
    made = Link.make(issue.id, kind, target_id, given, official, by=who.client_id)
    session.add(made)
    session.flush()
    _note(session, timeline.linked, made, issue, other, timeline.actor(who.client_id, official))
    return made, {"id": other.id, "code": other.code, "title": other.title} if other else None


def unlink(session: Session, reference: str, link_id: UUID, who: Principal) -> None:
    """Take a link away; raises NotFound. That it was there stays on the timeline."""
    gone = link_of(session, reference, link_id, who)
    issue = session.get_one(Issue, gone.issue_id)
    other = session.get(Issue, gone.target_id) if gone.kind == LinkKind.ISSUE else None
    session.delete(gone)
    session.flush()
    _note(session, timeline.unlinked, gone, issue, other, timeline.actor(who.client_id, None))


def _other_issue(session: Session, reference: str, issue: Issue, who: Principal) -> Issue:
    try:
        other = issue_of(session, reference, who)
    except NotFound as error:
        raise BadInput("There is no such issue.", field="target") from error
    if other.id == issue.id:
        raise BadInput("An issue is not linked to itself.", field="target")
    return other


def _target(session: Session, kind: LinkKind, target: str | None, who: Principal) -> UUID | None:
    if kind == LinkKind.DOCUMENT:
        return None
    try:
        target_id = UUID(target)
    except ValueError as error:
        raise BadInput("This is not an id.", field="target") from error
    if not is_there(session, kind, target_id, who):
        raise BadInput(f"There is no such {kind}.", field="target")
    return target_id


def _check_new(
    session: Session, issue_id: UUID, kind: LinkKind, target_id: UUID | None, number: str | None
) -> None:
    same = select(Link.id).where(Link.issue_id == issue_id, Link.kind == kind)
    same = (
        same.where(Link.number == number) if kind == LinkKind.DOCUMENT else same.where(Link.target_id == target_id)
    )
    back = select(Link.id).where(Link.issue_id == target_id, Link.kind == kind, Link.target_id == issue_id)
    if session.scalar(same.union_all(back).limit(1)):
        raise Conflict("They are linked already.")


def _note(session: Session, line: Any, made: Link, issue: Issue, other: Issue | None, by: dict[str, Any]) -> None:
    """Put it on the timeline, of two issues on both; what not every reader of it may know of stays off it."""
    if is_restricted(session, made):
        return
    about = {"link_id": made.id, "kind": made.kind}
    label = other.code if other else f"{made.number}: {made.title}" if made.number else None
    lines = [line(issue.id, clock.now(), by, label=label, **about)]
    if other:
        lines.append(line(other.id, clock.now(), by, label=issue.code, **about))
    timeline.note(session, lines)
