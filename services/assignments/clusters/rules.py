"""Clusters without a database: what a cluster may hold, and what changes when its communes do."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar
from uuid import UUID

from services.assignments.validity import Dated, is_valid
from shared.contracts.assignments import CLUSTER_CHANGED
from shared.messaging.events import NewEvent

# A cluster (tiểu vùng) is a set of communes of one district, by the definition of the term.
OF = "district"
HOLDS = "commune"


class Membered(Dated, Protocol):
    """A dated membership of a commune."""

    @property
    def commune_id(self) -> UUID:
        """The commune held."""


M = TypeVar("M", bound=Membered)


def difference(held: Iterable[M], wanted: Sequence[UUID], since: date) -> tuple[list[M], list[UUID]]:
    """To hold exactly the wanted communes from a day on: the memberships that end on it, the communes that join."""
    now = [membership for membership in held if is_valid(membership, since)]
    leaving = [membership for membership in now if membership.commune_id not in wanted]
    present = {membership.commune_id for membership in now}
    return leaving, [commune for commune in wanted if commune not in present]


def cluster_changed(cluster: Any) -> NewEvent:
    """The event for a cluster as it now stands, with its memberships of all times."""
    held = ((each.commune.path, each.valid_from, each.valid_to) for each in cluster.memberships)
    data = {
        "cluster_id": cluster.id,
        "name": cluster.name,
        "unit_path": cluster.district.path,
        "communes": [dict(zip(("unit_path", "valid_from", "valid_to"), each, strict=True)) for each in held],
        "valid_from": cluster.valid_from,
        "valid_to": cluster.valid_to,
    }
    return NewEvent(CLUSTER_CHANGED, str(cluster.id), cluster.version, data)
