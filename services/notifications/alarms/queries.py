"""Reads of alarms."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.alarms.model import Alarm
from services.notifications.alarms.rules import FORGOTTEN_AFTER
from shared import clock


def standing(session: Session) -> list[Alarm]:
    """What is wrong now, the longest first."""
    statement = select(Alarm).where(Alarm.seen_at > clock.now() - FORGOTTEN_AFTER)
    return list(session.scalars(statement.order_by(Alarm.since, Alarm.source, Alarm.name)))


def concerns(session: Session) -> dict[str, str]:
    """The same for /readyz: what is wrong, and since when."""
    return {
        f"{each.source}: {each.name}": f"{each.detail} (since {each.since:%d/%m %H:%M} UTC)"
        for each in standing(session)
    }
