"""Alembic's entry: the mechanism is shared by every service."""

from services.notifications.contacts import model as contacts
from services.notifications.database import Base
from services.notifications.deliveries import model as deliveries
from services.notifications.notices import model as notices
from services.notifications.notifications import model as notifications
from shared.database import migrate_environment
from shared.messaging import schema

__all__ = ["contacts", "deliveries", "notices", "notifications"]  # imported for their tables

migrate_environment(Base.metadata, schema.metadata)
