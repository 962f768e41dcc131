"""Alembic's entry: the mechanism is shared by every service."""

from services.assignments.assignments import model as assignments
from services.assignments.clients import model as clients
from services.assignments.clusters import model as clusters
from services.assignments.database import Base
from services.assignments.hamlets import model as hamlets
from services.assignments.officials import model as officials
from services.assignments.posts import model as posts
from services.assignments.units import model as units
from shared.database import migrate_environment
from shared.messaging import schema

# Imported for their tables.
__all__ = ["assignments", "clients", "clusters", "hamlets", "officials", "posts", "units"]

migrate_environment(Base.metadata, schema.metadata)
