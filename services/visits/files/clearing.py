"""Contents come into the store and leave it: what nobody attached and what no file has is cleared away."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from services.visits.files.examining import Examined
from services.visits.files.model import File, FileRule, StoredContent
from services.visits.files.store import Store, thumbnail_key
from shared import clock, logs

log = logs.get_logger()

UNATTACHED = "unattached"
AT_ONCE = 100
GRACE = timedelta(hours=1)  # no request takes that long from announcing a content to writing down its file


def keep(sessions: sessionmaker[Session], store: Store, examined: Examined) -> None:
    """Put a content into the store. It is announced first, in a transaction of its own: should the request fail
    after this, the content is known and will be cleared away. No lock is held while the store works."""
    thumbnail = examined.thumbnail
    row = {"sha256": examined.sha256, "size": len(examined.data), "thumbnail": thumbnail is not None}
    new = insert(StoredContent).values(row | {"touched_at": clock.now()})
    with sessions.begin() as session:
        session.execute(
            new.on_conflict_do_update(index_elements=["sha256"], set_={"touched_at": new.excluded.touched_at})
        )
    if thumbnail is not None:
        store.put(thumbnail_key(examined.sha256), thumbnail)
    store.put(examined.sha256, examined.data)


def clear(sessions: sessionmaker[Session], store: Store) -> None:
    """Work until nothing is left to clear, in small transactions."""
    while _drop_unattached(sessions):
        pass
    while digests := _unused(sessions):
        if not any([_drop_content(sessions, store, each) for each in digests]):
            break  # others are at work on them


def _drop_unattached(sessions: sessionmaker[Session]) -> int:
    """Files that waited too long to be attached. What is attached is never touched, nor what is being attached."""
    with sessions.begin() as session:
        hours = session.get_one(FileRule, UNATTACHED).hours
        old = (
            select(File.id)
            .where(File.subject_id.is_(None), File.uploaded_at <= clock.now() - timedelta(hours=hours))
            .order_by(File.uploaded_at, File.id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        ids = session.scalars(old).all()
        session.execute(delete(File).where(File.id.in_(ids)))
    if ids:
        log.info("files_cleared", files=len(ids))
    return len(ids)


def _not_used() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ~exists().where(File.sha256 == StoredContent.sha256), StoredContent.touched_at <= clock.now() - GRACE


def _unused(sessions: sessionmaker[Session]) -> Sequence[str]:
    with sessions() as session:
        wanted = select(StoredContent.sha256).where(*_not_used())
        return session.scalars(wanted.order_by(StoredContent.touched_at).limit(AT_ONCE)).all()


def _drop_content(sessions: sessionmaker[Session], store: Store, sha256: str) -> bool:
    """Remove a content that no file has. Its row stays locked meanwhile, although the store may be far away: who
    uploads the same bytes at this moment waits, and then writes them again."""
    with sessions.begin() as session:
        wanted = select(StoredContent).where(StoredContent.sha256 == sha256, *_not_used())
        content = session.scalars(wanted.with_for_update(skip_locked=True)).one_or_none()
        if content is None:
            return False
        store.remove(content.sha256)
        if content.thumbnail:
            store.remove(thumbnail_key(content.sha256))
        session.delete(content)
    return True
