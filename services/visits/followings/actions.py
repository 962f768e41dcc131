"""What the service does on hearing of assignments, and noting what officials did."""

from datetime import date
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.visits.database import upsert_newest
from services.visits.followings.model import ActivityEntry, FollowedCluster, Following
from services.visits.followings.rules import Activity
from shared import clock
from shared.ids import uuid7
from shared.messaging.events import Event

# A following says what person and place were called when the assignment changed; both may be renamed since.
_RENAME = text(
    """
    UPDATE followings AS f SET place_name = coalesce(place.name, f.place_name),
        full_name = coalesce(officials.full_name, f.full_name)
    FROM followings AS old
        LEFT JOIN (
            SELECT id, name FROM units UNION ALL SELECT id, name FROM hamlets
            UNION ALL SELECT id, name FROM followed_clusters
        ) AS place ON place.id = old.place_id
        LEFT JOIN officials ON officials.id = old.official_id
    WHERE f.id = old.id AND (old.place_id = ANY(:ids) OR old.official_id = ANY(:ids))
        AND (place.name <> old.place_name OR officials.full_name <> old.full_name)
    """
)


def follow_names(session: Session, ids: list[UUID]) -> None:
    """Let followings call these officials and places (units, hamlets, clusters) as they are called now."""
    session.execute(_RENAME, {"ids": ids})


def keep_followings(session: Session, events: list[Event]) -> None:
    """Store each assignment as its newest event says."""
    names = (
        "official_id", "full_name", "post", "post_name_vi", "post_name_en", "attached_to", "place_id", "place_name",
        "unit_path", "hamlet_id", "valid_from", "valid_to", "legal_basis",
    )  # fmt: skip
    rows = [
        {"id": event.data["assignment_id"], **{name: event.data[name] for name in names}, "version": event.version}
        for event in events
    ]
    upsert_newest(session, Following, rows)
    follow_names(session, [row["place_id"] for row in rows] + [row["official_id"] for row in rows])


def keep_clusters(session: Session, events: list[Event]) -> None:
    """Store each cluster as its newest event says."""
    names = ("name", "unit_path", "communes", "valid_from", "valid_to")
    rows = [
        {"id": event.data["cluster_id"], **{name: event.data[name] for name in names}, "version": event.version}
        for event in events
    ]
    upsert_newest(session, FollowedCluster, rows)


def record_activity(
    session: Session,
    official_id: UUID,
    unit_id: UUID,
    unit_path: str,
    activity: Activity | str,
    on: date,
    ref: UUID,
    note: str | None = None,
) -> None:
    """Note that an official did something for a place; the same `ref`, activity and person count once."""
    new = insert(ActivityEntry).values(
        id=uuid7(),
        official_id=official_id,
        unit_id=unit_id,
        unit_path=unit_path,
        activity=Activity(activity),
        day=on,
        ref=ref,
        note=note,
        recorded_at=clock.now(),
    )
    session.execute(new.on_conflict_do_nothing())


def forget_activities(session: Session, ref: UUID) -> None:
    """What `ref` stands for did not happen after all (a correction): it counts no more."""
    session.execute(delete(ActivityEntry).where(ActivityEntry.ref == ref))
