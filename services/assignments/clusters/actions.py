"""Changing clusters."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.assignments.clusters import rules
from services.assignments.clusters.model import Cluster, Membership
from services.assignments.units.model import Unit
from services.assignments.units.queries import unit_on
from services.assignments.validity import overlapping
from shared import clock
from shared.errors import BadInput, Conflict, RuleBroken
from shared.messaging.outbox import record
from shared.web.auth import Principal

Refs = Sequence[str | UUID]


def add_cluster(
    session: Session,
    who: Principal,
    *,
    district: str | UUID,
    name: str,
    communes: Refs,
    valid_from: date | None,
    code: str | None = None,
) -> Cluster:
    """Add a cluster of a district. Raises BadInput, Forbidden, Conflict for a name, code or commune taken."""
    since = valid_from or clock.today()
    unit = unit_on(session, district, since, "district")
    who.check(unit.path)
    if unit.level != rules.OF:
        raise BadInput("A cluster belongs to a district.", field="district")
    _lock(session, unit)
    _check_name(session, unit.id, name, since, None)
    _check_code(session, unit.id, code, None)
    members = _communes(session, unit, communes, since)
    _check_free(session, members, since, None)
    cluster = Cluster.of(unit, name, members, since, code)
    session.add(cluster)
    record(session, rules.cluster_changed(cluster))
    return cluster


def change_cluster(session: Session, cluster: Cluster, changes: dict[str, Any]) -> Cluster:
    """Change a cluster (keys: name, code, valid_to); its end ends its memberships. Raises RuleBroken, Conflict."""
    _lock(session, cluster.district)
    if "name" in changes and changes["name"] != cluster.name:
        _check_name(session, cluster.district_id, changes["name"], cluster.valid_from, cluster)
        cluster.name = changes["name"]
    if "code" in changes:
        _check_code(session, cluster.district_id, changes["code"], cluster)
        cluster.code = changes["code"]
    end = changes.get("valid_to")
    if end is not None:
        began = max(each.valid_from for each in cluster.memberships)
        if end < began or (cluster.valid_to and cluster.valid_to < end):
            raise RuleBroken("A cluster ends after it and its communes began, and only once.", field="valid_to")
        cluster.end(end)
    cluster.version += 1
    record(session, rules.cluster_changed(cluster))
    return cluster


def set_communes(session: Session, cluster: Cluster, communes: Refs, valid_from: date | None) -> Cluster:
    """Let the cluster hold exactly these communes from a day on; what was before stays recorded.
    Raises BadInput, RuleBroken for a day before the last change, Conflict for a commune of another cluster."""
    since = valid_from or clock.today()
    _lock(session, cluster.district)
    if since < max(membership.valid_from for membership in cluster.memberships) or cluster.valid_to:
        raise RuleBroken("The communes of an open cluster change after the last change only.", field="valid_from")
    members = _communes(session, cluster.district, communes, since)
    _check_free(session, members, since, cluster)
    cluster.hold(members, since)
    cluster.version += 1
    record(session, rules.cluster_changed(cluster))
    return cluster


def _lock(session: Session, district: Unit) -> None:
    """Two requests about clusters of one district take turns."""
    session.execute(select(Unit.id).where(Unit.id == district.id).with_for_update(key_share=True))


def _communes(session: Session, district: Unit, refs: Refs, since: date) -> list[Unit]:
    units = [unit_on(session, ref, since, f"communes.{place}") for place, ref in enumerate(refs)]
    for place, unit in enumerate(units):
        if unit.level != rules.HOLDS or unit.parent_id != district.id:
            raise BadInput(f"{unit.name} is no commune of {district.name}.", field=f"communes.{place}")
        if unit in units[:place]:
            raise BadInput(f"{unit.name} is named twice.", field=f"communes.{place}")
    return units


def _check_name(session: Session, district_id: UUID, name: str, since: date, own: Cluster | None) -> None:
    same = select(Cluster.id).where(Cluster.district_id == district_id, func.lower(Cluster.name) == name.lower())
    if own:
        same = same.where(Cluster.id != own.id)
    if session.scalars(same.where(overlapping(Cluster, since, None)).limit(1)).first():
        raise Conflict("The district has a cluster of this name in that time.", field="name")


def _check_code(session: Session, district_id: UUID, code: str | None, own: Cluster | None) -> None:
    if code is None:
        return
    same = select(Cluster.id).where(Cluster.district_id == district_id, func.lower(Cluster.code) == code.lower())
    if own:
        same = same.where(Cluster.id != own.id)
    if session.scalars(same.limit(1)).first():
        raise Conflict("The district has, or had, a cluster of this code.", field="code")


def _check_free(session: Session, communes: Sequence[Unit], since: date, own: Cluster | None) -> None:
    """On one day a commune is in one cluster at the most."""
    held = select(Unit.name).join(Membership, Membership.commune_id == Unit.id)
    held = held.where(Unit.id.in_([unit.id for unit in communes]), overlapping(Membership, since, None))
    if own:
        held = held.where(Membership.cluster_id != own.id)
    if taken := session.scalars(held.order_by(Unit.name).distinct()).all():
        raise Conflict(f"Already in a cluster in that time: {', '.join(taken)}.", field="communes")
