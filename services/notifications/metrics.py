"""Figures for /metrics, from rows: true whichever process is asked."""

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.alarms.queries import standing
from services.notifications.deliveries.model import DeliveryCount, LatenessCount
from services.notifications.deliveries.rules import LATENESS_BUCKETS
from services.notifications.notifications.model import Notification
from services.notifications.notifications.rules import Channel
from shared import clock


def collect(session: Session) -> Iterator[Metric]:
    """Deliveries by channel and outcome, how late they were, how long the oldest due one waits, alarms."""
    deliveries = CounterMetricFamily(
        "caunoi_deliveries", "Delivery attempts by channel and outcome", labels=["channel", "outcome"]
    )
    for count in session.scalars(select(DeliveryCount)):
        deliveries.add_metric([count.channel, count.outcome], count.total)
    yield deliveries
    yield _lateness(session)
    yield from _due(session)
    yield _alarms(session)


def _lateness(session: Session) -> Metric:
    histogram = HistogramMetricFamily(
        "caunoi_delivery_lateness_seconds",
        "Time from a message's being due to its being accepted",
        labels=["channel"],
    )
    counts = {(count.channel, count.le): count for count in session.scalars(select(LatenessCount))}
    for channel in sorted({channel for channel, _ in counts}):
        buckets, total, seconds = [], 0, 0.0
        for le in LATENESS_BUCKETS:
            if count := counts.get((channel, le)):
                total, seconds = total + count.total, seconds + count.seconds
            buckets.append((str(le).replace("inf", "+Inf"), total))
        histogram.add_metric([channel], buckets, seconds)
    return histogram


def _due(session: Session) -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "caunoi_oldest_due_age_seconds", "How long the oldest due notification has been due", labels=["channel"]
    )
    pending = GaugeMetricFamily(
        "caunoi_pending_notifications", "Notifications neither sent nor failed", labels=["channel"]
    )
    waiting = GaugeMetricFamily(
        "caunoi_waiting_notifications", "Those of them without a contact or address", labels=["channel"]
    )
    unfinished = (
        select(Notification.channel, func.min(Notification.due_at), func.count(), func.count(Notification.waiting))
        .where(Notification.due_at.is_not(None))
        .group_by(Notification.channel)
    )
    found: dict[str, Any] = {Channel.EMAIL.value: (None, 0, 0)}
    found |= {channel: rest for channel, *rest in session.execute(unfinished)}
    for channel, (oldest, count, without) in found.items():
        age.add_metric([channel], max((clock.now() - oldest).total_seconds(), 0.0) if oldest else 0.0)
        pending.add_metric([channel], count)
        waiting.add_metric([channel], without)
    yield from (age, pending, waiting)


def _alarms(session: Session) -> Metric:
    family = GaugeMetricFamily("caunoi_alarm", "1 for each alarm that stands", labels=["source", "name"])
    for alarm in standing(session):
        family.add_metric([alarm.source, alarm.name], 1.0)
    return family
