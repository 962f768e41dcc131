"""Figures for /metrics, from rows: true whichever process is asked."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.deliveries.model import DeliveryCount, LatenessCount
from services.notifications.deliveries.rules import LATENESS_BUCKETS
from services.notifications.notifications.model import Notification
from shared import clock


def collect(session: Session) -> Iterator[Metric]:
    """Deliveries by channel and outcome, how late e-mail was accepted, how long the oldest due e-mail waits."""
    deliveries = CounterMetricFamily(
        "caunoi_deliveries", "Delivery attempts by channel and outcome", labels=["channel", "outcome"]
    )
    for count in session.scalars(select(DeliveryCount)):
        deliveries.add_metric([count.channel, count.outcome], count.total)
    yield deliveries
    yield _lateness(session)
    yield from _due(session)


def _lateness(session: Session) -> Metric:
    counts = {count.le: count for count in session.scalars(select(LatenessCount))}
    buckets, total = [], 0
    for le in LATENESS_BUCKETS:
        total += counts[le].total if le in counts else 0
        buckets.append((str(le).replace("inf", "+Inf"), total))
    histogram = HistogramMetricFamily(
        "caunoi_delivery_lateness_seconds", "Time from an e-mail's being due to its being accepted"
    )
    histogram.add_metric([], buckets, sum(count.seconds for count in counts.values()))
    return histogram


def _due(session: Session) -> Iterator[Metric]:
    now = clock.now()
    oldest = session.scalar(select(func.min(Notification.due_at)).where(Notification.due_at.is_not(None)))
    late = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
    yield GaugeMetricFamily(
        "caunoi_oldest_due_email_age_seconds", "How long the oldest due e-mail has been due", value=late
    )
    unfinished = (
        select(func.count(), func.count(Notification.waiting))
        .select_from(Notification)
        .where(Notification.due_at.is_not(None))
    )
    pending, waiting = session.execute(unfinished).one()
    yield GaugeMetricFamily("caunoi_pending_emails", "E-mails neither sent nor failed", value=pending)
    yield GaugeMetricFamily("caunoi_waiting_emails", "Those of them without a contact or address", value=waiting)
