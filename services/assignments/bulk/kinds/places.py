"""Clusters and hamlets as rows name them: by code or id, within a unit."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from services.assignments.assignments.model import Place
from services.assignments.bulk.kind import any_of
from services.assignments.clusters.model import Cluster
from services.assignments.hamlets.model import Hamlet
from services.assignments.posts.model import Post
from services.assignments.sheets.table import Row
from services.assignments.units.model import Unit

Ref = str | UUID  # a code, or an id


class Places:
    """The clusters and hamlets that rows name, by code or id within a unit."""

    def __init__(self, session: Session, rows: Sequence[Row], posts: dict[str, Post]) -> None:
        self._found: dict[tuple[str, UUID, Ref], list[Place]] = defaultdict(list)
        codes = {row["unit"] for row in rows if row["place"] and row["unit"]}
        if not codes:
            return
        clusters = select(Cluster).join(Cluster.district).options(contains_eager(Cluster.district))
        for cluster in session.scalars(clusters.where(any_of(Unit.code, codes))):
            self._keep("cluster", cluster.district_id, cluster)
        hamlets = select(Hamlet).join(Hamlet.unit).options(contains_eager(Hamlet.unit))
        for hamlet in session.scalars(hamlets.where(any_of(Unit.code, codes))):
            self._keep("hamlet", hamlet.unit_id, hamlet)

    def _keep(self, field: str, unit_id: UUID, place: Cluster | Hamlet) -> None:
        self._found[field, unit_id, place.id].append(place)
        if place.code:
            self._found[field, unit_id, place.code.lower()].append(place)

    def find(self, field: str, unit: Unit, text: str) -> Place | None:
        """The one there is; None for none or several."""
        ref = ref_of(text)
        found = self._found.get((field, unit.id, ref if isinstance(ref, UUID) else ref.lower()), [])
        return found[0] if len(found) == 1 else None


def ref_of(text: str) -> Ref:
    """An id, if it is one; else a code."""
    try:
        return UUID(text) if len(text) == 36 else text
    except ValueError:
        return text
