"""Assignments as a sheet: known by official, post, place and first day, or by the id."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func, null, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from services.assignments.assignments.checking import lock_places, said_held
from services.assignments.assignments.model import Assignment, Place
from services.assignments.assignments.rules import assignment_changed, place_field
from services.assignments.bulk.kind import (
    CHUNK,
    Kind,
    Once,
    Settled,
    Units,
    any_of,
    check_inside,
    check_needed,
    texts,
    with_prefix,
)
from services.assignments.bulk.kinds.assignment_columns import COLUMNS
from services.assignments.bulk.kinds.assignment_recorded import Recorded, place_of
from services.assignments.bulk.kinds.places import Places, Ref, ref_of
from services.assignments.clusters.model import Cluster
from services.assignments.hamlets.model import Hamlet
from services.assignments.officials.model import Official
from services.assignments.officials.queries import visible
from services.assignments.posts.model import Post, PostRule
from services.assignments.sheets.table import Report, Row
from services.assignments.units.model import Unit
from services.assignments.validity import is_valid, overlap
from shared import clock
from shared.text import fold
from shared.web.auth import Principal, territory_filter


class _Desk:
    """What the rows are held against, and what comes of them."""

    def __init__(self, session: Session, who: Principal, rows: Sequence[Row], report: Report) -> None:
        self.who, self.report, self.once, self.settled = who, report, Once(report), Settled()
        self.posts = {post.code: post for post in session.scalars(select(Post))}
        self.rules: dict[str, list[PostRule]] = defaultdict(list)
        for rule in session.scalars(select(PostRule)):
            self.rules[rule.post_code].append(rule)
        self.units = Units(session, texts(rows, "unit"))
        self.known = self._load(session, rows)
        self.by_id = {each.id: each for each in self.known}
        self.of_official: dict[UUID, list[Assignment]] = defaultdict(list)
        for each in self.known:
            self.of_official[each.official_id].append(each)
        self.places = Places(session, rows, self.posts)
        self.sole: list[tuple[Row, Assignment]] = []  # new or longer ones of posts that only one may hold
        self.recorded = Recorded(who.client_id, report, self.settled, self.of_official, self.sole)

    def _load(self, session: Session, rows: Sequence[Row]) -> Sequence[Assignment]:
        """All assignments of all officials concerned, who are locked as one who assigns singly locks them."""
        refs = [ref_of(text) for text in texts(rows, "official")]
        ids = {ref for ref in refs if isinstance(ref, UUID)}
        codes = {ref.lower() for ref in refs if isinstance(ref, str)}
        holders = select(Assignment.official_id).where(any_of(Assignment.id, texts(rows, "id")))
        asked = or_(
            any_of(Official.id, ids), any_of(func.lower(Official.staff_code), codes), Official.id.in_(holders)
        )
        wanted = select(Official).join(Official.unit).options(contains_eager(Official.unit)).where(asked)
        wanted = wanted.where(or_(visible(self.who), Official.id.in_(holders))).order_by(Official.id)
        found = session.scalars(wanted.with_for_update(of=Official, key_share=True)).all()
        self.officials: dict[Ref, Official] = {official.id: official for official in found}
        self.officials |= {official.staff_code.lower(): official for official in found if official.staff_code}
        held = select(Assignment).where(any_of(Assignment.official_id, [official.id for official in found]))
        names = (Assignment.official, Assignment.post, Assignment.unit, Assignment.cluster, Assignment.hamlet)
        return session.scalars(held.options(*(joinedload(name) for name in (*names, Assignment.territory)))).all()

    def take(self, row: Row) -> None:
        """Make of a row what it says."""
        if row["id"] is not None:
            assignment = self.by_id.get(row["id"])
            if assignment is None or not self.who.covers(assignment.territory.path):
                vi, en = "không có phân công mang mã hệ thống này", "there is no assignment with this id"
                self.report(row, "id", vi, en)
            elif self.once(assignment.id, row, "id"):
                self.recorded.check_same(row, assignment)
                self.recorded.change(row, assignment)
            return
        official, post = self._official(row), self._post(row)
        since = row["valid_from"] or clock.today()
        place = self._place(row, post, since) if post else None
        if not check_needed(row, COLUMNS, self.report) or official is None or post is None or place is None:
            return
        known = self._matching(row, official, post, place)
        if not self.once((official.id, post.code, place.id, known.id if known else since), row, "official"):
            return
        if known:
            self.recorded.change(row, known)
        else:
            self._add(row, official, post, place, since)

    def _matching(self, row: Row, official: Official, post: Post, place: Place) -> Assignment | None:
        """The one that the row speaks of: it began on that day; or, if no day is given, is in force or to come."""
        same = (each for each in self.of_official[official.id] if each.post_code == post.code)
        mine = [each for each in same if place_of(each) is place]
        if "valid_from" in row.unread:
            return None
        if row["valid_from"] is None:
            return next((each for each in mine if each.valid_to is None or each.valid_to > clock.today()), None)
        began = [each for each in mine if each.valid_from == row["valid_from"]]
        return max(began, key=lambda each: each.valid_to or date.max, default=None)

    def _add(self, row: Row, official: Official, post: Post, place: Place, since: date) -> None:
        until = row["valid_to"]
        if until is not None and until <= since:
            self.report(row, "valid_to", "phải sau ngày bắt đầu", "the end must be after the first day")
        if not official.active:
            self.report(row, "official", "người này không còn công tác", "this official is not active")
        for other in self.of_official[official.id]:
            there = other.post_code == post.code and place_of(other) is place
            if there and overlap(since, until, other.valid_from, other.valid_to):
                vi = "người này đã giữ chức danh đó ở đó trong thời gian này"
                self.report(row, "valid_from", vi, "this official holds this post there in that time already")
                break
        if row.unread:
            return
        details = {"legal_basis": row["legal_basis"], "scope_note": row["scope_note"]}
        assignment = Assignment.to(official, post, place, since, until, self.who.client_id, **details)
        self.of_official[official.id].append(assignment)
        self.settled.created.append(assignment)
        if not post.several:
            self.sole.append((row, assignment))

    def check_sole(self, session: Session) -> None:
        """A post that only one may hold is not given to a second one, be it held already or given twice here."""
        if not self.sole:
            return
        lock_places(session, [new.territory.id for _, new in self.sole])
        ids = {place_of(new).id for _, new in self.sole}
        held = select(Assignment).where(any_of(Assignment.place_id, ids)).options(joinedload(Assignment.official))
        holders: dict[tuple[str, UUID], list[Assignment]] = defaultdict(list)
        for each in (*session.scalars(held), *(new for _, new in self.sole)):
            holders[each.post_code, place_of(each).id].append(each)
        for row, new in self.sole:
            for each in holders[new.post_code, place_of(new).id]:
                taken = each.official is not new.official
                if taken and overlap(new.valid_from, new.valid_to, each.valid_from, each.valid_to):
                    vi = f"{each.official.full_name} đã giữ chức danh này ở đó; chỉ một người được giữ"
                    self.report(row, "official", vi, said_held(each))
                    break

    def _official(self, row: Row) -> Official | None:
        if row["official"] is None:
            return None
        ref = ref_of(row["official"])
        official = self.officials.get(ref if isinstance(ref, UUID) else ref.lower())
        if official is None:
            self.report(row, "official", "không có cán bộ mang mã này", "there is no official with this code")
        elif row["full_name"] and fold(row["full_name"]) != fold(official.full_name):
            vi = f"mã {row['official']} là của {official.full_name}"
            self.report(row, "full_name", vi, f"{row['official']} is {official.full_name}")
        return official

    def _post(self, row: Row) -> Post | None:
        post = self.posts.get(row["post"]) if row["post"] else None
        since = row["valid_from"] or clock.today()
        if row["post"] and post is None:
            self.report(row, "post", "không có chức danh mang mã này", "there is no post with this code")
        elif post and not any(is_valid(rule, since) for rule in self.rules[post.code]):
            vi = f"chức danh này không áp dụng vào ngày {since:%d/%m/%Y}"
            self.report(row, "post", vi, f"this post is not in force on {since}")
        return post

    def _place(self, row: Row, post: Post, since: date) -> Place | None:
        if row["unit"] is None:
            return None
        unit = self.units.on(row["unit"], since, row, "unit", self.report)
        if unit is None or not check_inside(self.who, unit.path, row, "unit", self.report):
            return None
        field = place_field(post.attached_to)
        if field == "unit":
            if row["place"]:
                vi, en = f"chức danh {post.code} không gắn với tiểu vùng hay ấp", f"{post.code} is held for a unit"
                self.report(row, "place", vi, en)
            elif unit.level != post.attached_to:
                vi = f"chức danh {post.code} gắn với đơn vị cấp {post.attached_to}"
                self.report(row, "unit", vi, f"{post.code} is held for a {post.attached_to}")
            else:
                return unit
            return None
        if row["place"] is None:
            vi, en = f"chức danh {post.code} cần mã tiểu vùng hoặc ấp", f"{post.code} needs a {field}"
            self.report(row, "place", vi, en)
            return None
        place = self.places.find(field, unit, row["place"])
        if place is None or not is_valid(place, since):
            self.report(
                row, "place", f"đơn vị không có nơi này vào ngày {since:%d/%m/%Y}", f"no such {field} on {since}"
            )
            return None
        return place


def settle(session: Session, who: Principal, rows: Sequence[Row], report: Report) -> Settled:
    """Assignments to places of the territory, new or known."""
    desk = _Desk(session, who, rows, report)
    with session.no_autoflush:
        for row in rows:
            desk.take(row)
        desk.check_sole(session)
    return desk.settled


def rows_of(session: Session, who: Principal, path: str | None) -> Iterator[Sequence[Any]]:
    """The assignments to places of the territory that have not ended, by id."""
    holder = func.coalesce(Official.staff_code, cast(Official.id, Text))
    held = func.coalesce(Cluster.code, Hamlet.code, cast(Cluster.id, Text), cast(Hamlet.id, Text))
    first, last = (Assignment.id, holder, Official.full_name, Assignment.post_code, Unit.code, held), Assignment
    wanted = select(*first, last.valid_from, last.valid_to, last.legal_basis, last.scope_note, null())
    wanted = wanted.join(Assignment.official).join(Unit, Unit.id == Assignment.territory_id)
    wanted = wanted.outerjoin(Assignment.cluster).outerjoin(Assignment.hamlet).order_by(Assignment.id)
    lasting = or_(Assignment.valid_to.is_(None), Assignment.valid_to > clock.today())
    wanted = wanted.where(territory_filter(Unit.path, who), *with_prefix(Unit.path, path), lasting)
    yield from session.execute(wanted.execution_options(yield_per=CHUNK))


ASSIGNMENTS = Kind("assignments", "Phân công", "Assignments", COLUMNS, settle, assignment_changed, rows_of)
