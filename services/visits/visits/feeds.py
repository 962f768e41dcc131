"""Calendar feeds: made, listed, revoked, and read by calendars."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.visits.followings.queries import followed
from services.visits.officials.model import Official
from services.visits.officials.queries import known
from services.visits.units.rules import narrowed
from services.visits.visits.calendars import Entry, calendar
from services.visits.visits.model import CalendarFeed, Visit, VisitOfficial, VisitPurpose
from services.visits.visits.queries import who_goes
from shared import clock
from shared.errors import Forbidden, NotFound
from shared.ids import uuid7
from shared.web.auth import Principal
from shared.web.paging import paginate

KEPT = timedelta(days=366)  # how far back a calendar shows visits
ENTRIES_AT_MOST = 5_000


def make_feed(session: Session, official_id: UUID, who: Principal) -> tuple[CalendarFeed, str]:
    """A feed of an official's visits, and its secret, which is kept nowhere.

    Raises BadInput naming `official`, Forbidden for one who follows nothing inside the territory.
    """
    official = known(session, official_id, "official")
    if "" not in who.territories:
        paths = [path for each in followed(session, official.id, clock.today()) for path in each.paths]
        if not narrowed(who.territories, paths):
            raise Forbidden("This official follows nothing inside the territory of your access token.")
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(
        id=uuid7(),
        official_id=official.id,
        official_name=official.full_name,
        secret_hash=_hash(secret),
        territories=list(who.territories),
        revoked=False,
        created_at=clock.now(),
        created_by=who.client_id,
        revoked_at=None,
        revoked_by=None,
    )
    session.add(feed)
    session.flush()
    return feed, secret


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of the feeds that show nothing outside the territory and are not revoked, newest first."""
    statement = select(CalendarFeed).where(CalendarFeed.revoked.is_(False))
    if "" not in who.territories:  # each place a feed shows lies in the territory: those made by such a token
        inside = select(CalendarFeed.id, CalendarFeed.territories).where(CalendarFeed.revoked.is_(False))
        mine = [row.id for row in session.execute(inside) if _sees(who, row.territories)]
        statement = statement.where(CalendarFeed.id.in_(mine))
    if "official" in filters:
        statement = statement.where(CalendarFeed.official_id == filters["official"])
    keys = (CalendarFeed.created_at, CalendarFeed.id)
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, statement, *keys, descending=True, **paging)
    return found | {"items": [shown(each) for each in found["items"]]}


def revoke(session: Session, feed_id: UUID, who: Principal) -> None:
    """Let an address be unknown from now on; raises NotFound, also for one that shows more than the territory."""
    feed = session.get(CalendarFeed, feed_id, with_for_update=True)
    if feed is None or feed.revoked or not _sees(who, feed.territories):
        raise NotFound()
    feed.revoked, feed.revoked_at, feed.revoked_by = True, clock.now(), who.client_id


def read(session: Session, secret: str) -> bytes:
    """The calendar at a secret address; raises NotFound for one unknown or revoked, or whose official has left."""
    active = select(Official.id).where(Official.active)
    wanted = select(CalendarFeed).where(CalendarFeed.secret_hash == _hash(secret), CalendarFeed.revoked.is_(False))
    feed = session.scalars(wanted.where(CalendarFeed.official_id.in_(active))).one_or_none()
    if feed is None:
        raise NotFound("There is no calendar at this address.")
    seen = Principal(feed.created_by, frozenset(), tuple(feed.territories))
    going = select(VisitOfficial.visit_id).where(VisitOfficial.official_id == feed.official_id)
    visits = session.execute(
        select(Visit, VisitPurpose.name_vi)
        .join(VisitPurpose, VisitPurpose.code == Visit.purpose)
        .where(Visit.id.in_(going), Visit.starts_at > clock.now() - KEPT, _inside(seen))
        .order_by(Visit.starts_at, Visit.id)
        .limit(ENTRIES_AT_MOST)
    ).all()
    people = who_goes(session, [visit.id for visit, _ in visits])
    return calendar(feed.official_name, [Entry.of(visit, name, people[visit.id]) for visit, name in visits])


def shown(feed: CalendarFeed) -> dict[str, Any]:
    """A feed as the API shows it, without its secret."""
    official = {"id": feed.official_id, "full_name": feed.official_name}
    return {"id": feed.id, "official": official, "created_at": feed.created_at, "created_by": feed.created_by}


def _inside(who: Principal) -> Any:
    return or_(*(Visit.unit_path.startswith(path, autoescape=True) for path in who.territories))


def _sees(who: Principal, territories: list[str]) -> bool:
    return all(who.covers(path) for path in territories)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
