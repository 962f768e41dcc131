"""Telling everything again: every projection fed by this service can be rebuilt from these events."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from services.assignments.absences.model import Absence
from services.assignments.absences.rules import absence_changed
from services.assignments.assignments.queries import TOLD
from services.assignments.assignments.rules import assignment_told
from services.assignments.clients.model import SigningKey
from services.assignments.clients.rules import signing_key_changed
from services.assignments.clusters.model import Cluster, Membership
from services.assignments.clusters.rules import cluster_changed
from services.assignments.hamlets.model import Hamlet
from services.assignments.hamlets.rules import hamlet_changed
from services.assignments.officials.model import Official
from services.assignments.officials.rules import official_changed
from services.assignments.reorganisations.telling import successions_in_effect
from services.assignments.rulesets.model import RuleApplication
from services.assignments.rulesets.rules import rules_applied
from services.assignments.units.model import Unit
from services.assignments.units.rules import unit_changed
from shared.messaging.events import NewEvent
from shared.messaging.outbox import record_many

_BATCH = 1000

# What is told, and how: units before the hamlets that stand in them.
_TOLD: Sequence[tuple[type[Any], Callable[[Any], NewEvent]]] = (
    (SigningKey, signing_key_changed),
    (Unit, lambda row: unit_changed(row._mapping)),
    (Hamlet, hamlet_changed),
    (Official, official_changed),
    (RuleApplication, rules_applied),
    (Absence, absence_changed),
)

_CLUSTERS = select(Cluster).options(
    joinedload(Cluster.district), selectinload(Cluster.memberships).joinedload(Membership.commune)
)


def republish(session: Session) -> int:
    """Record the current state of all units, hamlets, officials, clusters, assignments, absences, applied rules,
    successions and signing keys again, with their versions as they are: what a listener knows already changes
    nothing. Returns how many events; never commits."""
    count = 0
    for batch in _batches(session):
        record_many(session, [(event, None) for event in batch])
        count += len(batch)
    return count


def _batches(session: Session) -> Iterator[list[NewEvent]]:
    for model, tell in _TOLD:
        for rows in session.execute(select(model.__table__)).partitions(_BATCH):
            yield [tell(row) for row in rows]
    for clusters in session.scalars(_CLUSTERS).unique().partitions(_BATCH):
        yield [cluster_changed(each) for each in clusters]
    for held in session.execute(TOLD).mappings().partitions(_BATCH):
        yield [assignment_told(row) for row in held]
    told = list(successions_in_effect(session))
    for start in range(0, len(told), _BATCH):
        yield told[start : start + _BATCH]
