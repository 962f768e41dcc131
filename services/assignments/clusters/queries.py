"""Reading clusters."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from services.assignments.clusters.model import Cluster, Membership
from services.assignments.units.model import Unit
from services.assignments.units.queries import unit_on
from services.assignments.validity import valid_on
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_WITH_COMMUNES = selectinload(Cluster.memberships).joinedload(Membership.commune)


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of the clusters of districts inside the territory; raises BadInput for an unknown unit."""
    at = filters["at"] or clock.today()
    statement = (
        select(Cluster)
        .join(Cluster.district)
        .options(contains_eager(Cluster.district), _WITH_COMMUNES)
        .where(territory_filter(Unit.path, who), valid_on(Cluster, at))
    )
    if filters["district"]:
        statement = statement.where(Cluster.district_id == unit_on(session, filters["district"], at, "district").id)
    if filters["commune"]:
        commune = unit_on(session, filters["commune"], at, "commune")
        holds = select(Membership.cluster_id).where(Membership.commune_id == commune.id, valid_on(Membership, at))
        statement = statement.where(Cluster.id.in_(holds))
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, statement, Cluster.id, **paging)
    return found | {"items": [shown(cluster, at) for cluster in found["items"]]}


def one(session: Session, cluster_id: UUID, who: Principal, *, lock: bool = False) -> Cluster:
    """A cluster of a district inside the territory, locked if it is to be changed; raises NotFound."""
    options = (joinedload(Cluster.district), _WITH_COMMUNES)
    if lock:
        session.execute(select(Cluster.id).where(Cluster.id == cluster_id).with_for_update(key_share=True))
    cluster = session.get(Cluster, cluster_id, options=options, populate_existing=lock)
    if cluster is None or not who.covers(cluster.district.path):
        raise NotFound()
    return cluster


def shown(cluster: Cluster, at: date) -> dict[str, Any]:
    """A cluster as it is on a day."""
    names = ("id", "code", "name", "district", "valid_from", "valid_to", "version")
    return {name: getattr(cluster, name) for name in names} | {"at": at, "communes": cluster.communes_at(at)}
