"""Alembic's entry: the mechanism is shared by every service."""

from services.visits.categories import model as categories
from services.visits.database import Base
from services.visits.escalations import model as escalations
from services.visits.files import model as files
from services.visits.issues import model as issues
from services.visits.timeline import model as timeline
from services.visits.units import model as units
from shared.database import migrate_environment
from shared.messaging import schema

__all__ = ["categories", "escalations", "files", "issues", "timeline", "units"]  # imported for their tables

migrate_environment(Base.metadata, schema.metadata)
