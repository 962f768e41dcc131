"""Writes the plan through the actions of the assignments service, in one transaction."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caunoi.errors import StartError
from caunoi.seed.names import DOMAIN
from caunoi.seed.plan import Place, Plan, make
from services.assignments.assignments.actions import assign
from services.assignments.clusters.actions import add_cluster
from services.assignments.hamlets.actions import add_hamlet
from services.assignments.officials.actions import add_official
from services.assignments.officials.model import Official
from services.assignments.units.model import Unit
from shared import clock
from shared.contracts.scopes import SCOPES
from shared.web.auth import Principal

PROVINCE = "83"
# The year of the three documents' first review.
SINCE = date(2017, 1, 1)
_FIELDS = {"cluster_overseer": "cluster", "hamlet_follower": "hamlet"}
WRITER = Principal("caunoi-seed", frozenset(SCOPES), ("",))


@dataclass(frozen=True)
class Report:
    """How much was written; all zero when it was there before."""

    officials: int = 0
    clusters: int = 0
    hamlets: int = 0
    assignments: int = 0

    def __str__(self) -> str:
        if not self.officials:
            return "The demonstration data are there already: nothing changed"
        return (
            f"{self.officials} officials, {self.clusters} clusters, {self.hamlets} hamlets, "
            f"{self.assignments} assignments written"
        )


def write(session: Session) -> Report:
    """Write the demonstration data unless they are there; never commits. Raises StartError without the units."""
    ours = select(func.count()).select_from(Official).where(Official.email.endswith(f"@{DOMAIN}"))
    if session.scalar(ours):
        return Report()
    plan = make(PROVINCE, *_places(session))
    made = _clusters(session, plan) | _hamlets(session, plan)
    count = 0
    for each in plan.officials:
        person = each.person
        official = add_official(
            session,
            WRITER,
            unit=each.home_unit,
            full_name=person.full_name,
            given_name=person.given_name,
            email=person.email,
            phone=person.phone,
            home_body=each.home_body,
        )
        # The assignments below name the official by id.
        session.flush()
        for post, place, basis in each.posts:
            named: Any = {_FIELDS.get(post, "unit"): made.get(place, place)}
            assign(session, WRITER, official=official.id, post=post, legal_basis=basis, valid_from=SINCE, **named)
            count += 1
    return Report(len(plan.officials), len(plan.clusters), len(plan.hamlets), count)


def _places(session: Session) -> tuple[list[Place], list[Place]]:
    today = clock.today()
    path = f"{PROVINCE}/"
    units = session.scalars(select(Unit).where(Unit.path.startswith(path), Unit.path != path))
    parents = {unit.id: unit for unit in units if unit.is_valid(today)}
    districts = [
        Place(unit.code, unit.name, PROVINCE, False) for unit in parents.values() if unit.level == "district"
    ]
    communes = [
        Place(unit.code, unit.name, parents[unit.parent_id].code, unit.kind != "xa")
        for unit in parents.values()
        if unit.level == "commune" and unit.parent_id in parents
    ]
    if not districts or not communes:
        raise StartError(
            "The units of Bến Tre (83) with their districts are not there; first run: "
            "caunoi units import data/units-2025-06-30.csv"
        )
    return districts, communes


def _clusters(session: Session, plan: Plan) -> dict[str, UUID]:
    return {
        key: add_cluster(
            session,
            WRITER,
            district=district,
            name=key.partition("/")[2],
            communes=communes,
            valid_from=SINCE,
        ).id
        for key, (district, communes) in plan.clusters.items()
    }


def _hamlets(session: Session, plan: Plan) -> dict[str, UUID]:
    return {
        key: add_hamlet(session, WRITER, unit=commune, name=name, valid_from=SINCE).id
        for key, (commune, name) in plan.hamlets.items()
    }
