"""Clusters without a database: what a cluster may hold, and what changes when its communes do."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar
from uuid import UUID

from services.assignments.validity import Dated, is_valid

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
