"""Telling watchers: what has happened to an issue since they were last told, in one message."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID, uuid5

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from services.visits.issues.model import Issue
from services.visits.reminders.actions import remind
from services.visits.reminders.rules import Reminder
from services.visits.threads.model import Comment, ThreadNews
from services.visits.threads.queries import by_id, watchers_of
from services.visits.threads.rules import COMMENT, News, excerpt, listeners
from services.visits.timeline.model import TimelineEntry
from services.visits.timeline.rules import render
from shared import clock

TOLD_AT_ONCE = 200

Key = tuple[object, ...]


def tell_news(session: Session) -> int:
    """Tell the watchers of the oldest news; how many rows there were."""
    oldest = select(ThreadNews).order_by(ThreadNews.seq).limit(TOLD_AT_ONCE).with_for_update(skip_locked=True)
    rows = session.scalars(oldest).all()
    if not rows:
        return 0
    read = _read(session, rows)
    of_issue: dict[UUID, list[ThreadNews]] = defaultdict(list)
    for row in rows:
        of_issue[row.issue_id].append(row)
    people: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    for watcher in watchers_of(session, of_issue):
        people[watcher.issue_id].append((watcher.official_id, watcher.full_name))
    for issue in session.scalars(select(Issue).where(Issue.id.in_(list(people)))).all():
        found = [news for row in of_issue[issue.id] if (news := read.get(_key(row)))]
        tell_watchers(session, issue, found, people[issue.id], first=of_issue[issue.id][0].seq)
    session.execute(delete(ThreadNews).where(ThreadNews.seq.in_([row.seq for row in rows])))
    return len(rows)


def tell_watchers(
    session: Session, issue: Issue, news: Sequence[News], people: Sequence[tuple[UUID, str]], *, first: int
) -> bool:
    """Tell those people of an issue's news; `first`, the number of the first of them, tells messages apart."""
    reminder = Reminder(
        kind="issue_news",
        subject_id=uuid5(issue.id, str(first)),
        day=clock.today(),
        recipients=listeners(people, news),
        unit_path=issue.unit_path,
        title_vi=f"Diễn biến mới: {issue.code}, {issue.title}",
        title_en=f"News on {issue.code}: {issue.title}",
        body_vi="\n".join(each.vi for each in news),
        body_en="\n".join(each.en for each in news),
        issue_id=issue.id,
        issue_code=issue.code,
    )
    return remind(session, reminder)


def _read(session: Session, rows: Sequence[ThreadNews]) -> dict[Key, News]:
    """The news behind the rows; a comment withdrawn meanwhile is none."""
    line = TimelineEntry
    keys = [_key(row) for row in rows if row.kind != COMMENT]
    lines = select(line).where(tuple_(line.issue_id, line.at, line.kind, line.ref).in_(keys))
    found = {_key(each): _happened(each) for each in (session.scalars(lines) if keys else ())}
    comments = by_id(session, [row.ref for row in rows if row.kind == COMMENT])
    said = {(each.issue_id, each.at, COMMENT, each.id): _said(each) for each in comments.values()}
    return found | {key: news for key, news in said.items() if news}


def _key(row: ThreadNews | TimelineEntry) -> Key:
    return row.issue_id, row.at, row.kind, row.ref


def _happened(line: TimelineEntry) -> News:
    text = render(line.kind, line.actor_name, line.data)
    by_official = line.actor_kind == "official" and line.actor_id
    return News(UUID(line.actor_id) if by_official else None, text.vi, text.en)


def _said(comment: Comment) -> News | None:
    if comment.withdrawn_at:
        return None
    who, text = comment.official_name or comment.client_id, excerpt(comment.text)
    return News(comment.official_id, f"Ý kiến của {who}: {text}", f"{who} commented: {text}")
