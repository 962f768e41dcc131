"""Reading assignments."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, contains_eager, joinedload

from services.assignments.assignments.model import Assignment, AssignmentRecord
from services.assignments.clusters.model import Cluster
from services.assignments.hamlets.model import Hamlet
from services.assignments.officials.model import Official
from services.assignments.posts.model import Post
from services.assignments.units.model import Unit
from services.assignments.units.queries import unit_on
from services.assignments.validity import valid_on
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_NAMES = tuple(
    joinedload(each)
    for each in (
        Assignment.official,
        Assignment.unit,
        Assignment.cluster,
        Assignment.hamlet,
        Assignment.document,
    )
)
_TOLD = (
    "version",
    "official_id",
    "legal_basis",
    "document_id",
    "scope_note",
    "handover_note",
    "valid_from",
    "valid_to",
    "change",
    "reason",
    "recorded_at",
    "recorded_by",
)
_HELD, _AT, _OF_CLUSTER, _IN = (model.__table__ for model in (Post, Unit, Cluster, Hamlet))
_PLACE, _TERRITORY = _AT.alias("place"), _AT.alias("territory")
# The data of `assignment.changed` by their names, and the version, without loading any model.
TOLD = (
    select(
        Assignment.id.label("assignment_id"),
        Official.id.label("official_id"),
        Official.full_name,
        _HELD.c.code.label("post"),
        _HELD.c.name_vi.label("post_name_vi"),
        _HELD.c.name_en.label("post_name_en"),
        _HELD.c.attached_to,
        Assignment.place_id,
        func.coalesce(_PLACE.c.name, _OF_CLUSTER.c.name, _IN.c.name).label("place_name"),
        _TERRITORY.c.path.label("unit_path"),
        Assignment.hamlet_id,
        Assignment.valid_from,
        Assignment.valid_to,
        Assignment.legal_basis,
        Assignment.version,
    )
    .join(Official, Official.id == Assignment.official_id)
    .join(_HELD, _HELD.c.code == Assignment.post_code)
    .join(_TERRITORY, _TERRITORY.c.id == Assignment.territory_id)
    .outerjoin(_PLACE, _PLACE.c.id == Assignment.unit_id)
    .outerjoin(_OF_CLUSTER, _OF_CLUSTER.c.id == Assignment.cluster_id)
    .outerjoin(_IN, _IN.c.id == Assignment.hamlet_id)
)


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of assignments to places inside the territory, oldest record first; raises BadInput."""
    statement = (
        select(Assignment)
        .join(Assignment.territory)
        .options(contains_eager(Assignment.territory), *_NAMES)
        .where(territory_filter(Unit.path, who))
    )
    columns = {
        "official": Assignment.official_id,
        "post": Assignment.post_code,
        "cluster": Assignment.cluster_id,
        "hamlet": Assignment.hamlet_id,
        "document": Assignment.document_id,
    }
    for name, column in columns.items():
        if filters[name] is not None:
            statement = statement.where(column == filters[name])
    if filters["unit"]:
        unit = unit_on(session, filters["unit"], filters["at"] or clock.today(), "unit")
        statement = statement.where(Assignment.unit_id == unit.id)
    if filters["at"]:
        statement = statement.where(valid_on(Assignment, filters["at"]))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Assignment.id, **paging)


def one(session: Session, assignment_id: UUID, who: Principal, *, lock: bool = False) -> Assignment:
    """An assignment to a place inside the territory, locked if it is to be changed; raises NotFound."""
    if lock:
        session.execute(select(Assignment.id).where(Assignment.id == assignment_id).with_for_update(key_share=True))
    options = (joinedload(Assignment.territory), *_NAMES)
    assignment = session.get(Assignment, assignment_id, options=options, populate_existing=lock)
    if assignment is None or not who.covers(assignment.territory.path):
        raise NotFound()
    return assignment


def many(session: Session, ids: Sequence[UUID], who: Principal) -> list[Assignment]:
    """Assignments in the order given, locked; raises NotFound naming `moves.N.assignment` for one that is not
    inside the territory."""
    locked = select(Assignment.id).where(Assignment.id.in_(ids)).order_by(Assignment.id)
    session.execute(locked.with_for_update(key_share=True))
    options = (joinedload(Assignment.territory), joinedload(Assignment.post), *_NAMES)
    wanted = select(Assignment).where(Assignment.id.in_(ids)).options(*options)
    found = {each.id: each for each in session.scalars(wanted.execution_options(populate_existing=True))}
    for place, assignment_id in enumerate(ids):
        held = found.get(assignment_id)
        if held is None or not who.covers(held.territory.path):
            raise NotFound("There is no such assignment.", field=f"moves.{place}.assignment")
    return [found[each] for each in ids]


def history(session: Session, assignment: Assignment, *, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of what an assignment says and has said, the newest first."""
    now = select(*(getattr(Assignment, name) for name in _TOLD)).where(Assignment.id == assignment.id)
    mine = AssignmentRecord.assignment_id == assignment.id
    before = select(*(getattr(AssignmentRecord, name) for name in _TOLD)).where(mine)
    told = now.union_all(before).subquery("told")
    statement = select(told, Official.full_name).join(Official, Official.id == told.c.official_id)
    found = paginate(session, statement, told.c.version, limit=limit, cursor=cursor, descending=True, scalars=False)
    items = [
        dict(row) | {"official": {"id": row.official_id, "full_name": row.full_name}} for row in found["items"]
    ]
    return found | {"items": items}


def overlaps(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of the posts and places inside the territory that several officials hold on a day."""
    at = filters["at"] or clock.today()
    inside = (valid_on(Assignment, at), territory_filter(Unit.path, who))
    doubled = (
        select(Assignment.post_code, Assignment.place_id)
        .join(Assignment.territory)
        .where(*inside)
        .group_by(Assignment.post_code, Assignment.place_id)
        .having(func.count() > 1)
    )
    keys = (Assignment.post_code, Assignment.place_id)
    paging = {"limit": filters["limit"], "cursor": filters["cursor"], "scalars": False}
    found = paginate(session, doubled, *keys, **paging)
    wanted = [(row.post_code, row.place_id) for row in found["items"]]
    held = select(Assignment).options(joinedload(Assignment.post), *_NAMES).where(valid_on(Assignment, at))
    held = held.where(tuple_(*keys).in_(wanted)).order_by(Assignment.valid_from, Assignment.id)
    groups: dict[Any, list[Assignment]] = {each: [] for each in wanted}
    for each in session.scalars(held) if wanted else ():
        groups[each.post_code, each.place_id].append(each)
    return found | {"items": [{"first": group[0], "assignments": group} for group in groups.values()]}
