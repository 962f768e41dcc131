"""Alembic's entry: the mechanism is shared by every service."""

from services.notifications.alarms import model as alarms
from services.notifications.contacts import model as contacts
from services.notifications.database import Base
from services.notifications.deliveries import model as deliveries
from services.notifications.letters import model as letters
from services.notifications.notices import model as notices
from services.notifications.notifications import model as notifications
from services.notifications.reachability import model as reachability
from services.notifications.webhooks import model as webhooks
from shared.database import migrate_environment
from shared.messaging import schema

# Imported for their tables.
__all__ = ["alarms", "contacts", "deliveries", "letters", "notices", "notifications", "reachability", "webhooks"]

migrate_environment(Base.metadata, schema.metadata)
