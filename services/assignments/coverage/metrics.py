"""Figures of coverage for /metrics, from the snapshots: nothing is computed for a scrape."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.assignments.coverage.model import CoverageSnapshot
from services.assignments.units.model import Unit


def collect(session: Session) -> Iterator[Metric]:
    """Of the whole country, as last looked at: units with a post in which nobody acts, and the posts."""
    newest = select(func.max(CoverageSnapshot.day)).scalar_subquery()
    kept = CoverageSnapshot
    columns = (kept.uncovered_units, kept.required, kept.covered, kept.absent)
    sums = [func.coalesce(func.sum(each), 0) for each in columns]
    whole = select(*sums).select_from(kept).join(Unit, Unit.id == kept.unit_id)
    found = session.execute(whole.where(Unit.parent_id.is_(None), kept.day == newest)).one()
    units, required, covered, absent = (int(each) for each in found)
    for name, about, value in (
        ("uncovered_units", "Units with a required post in which nobody acts", units),
        ("required_posts", "Posts that units need", required),
        ("uncovered_posts", "Those of them in which nobody acts", required - covered),
        ("absent_posts", "Those of the uncovered that are held by people who are away", absent),
    ):
        yield GaugeMetricFamily(f"caunoi_{name}", about, value=value)
