"""Alembic's entry: the mechanism is shared by every service."""

from services.assignments.accounts import model as accounts
from services.assignments.assignments import model as assignments
from services.assignments.audit import model as audit
from services.assignments.audit.attaching import attach
from services.assignments.bulk import model as bulk
from services.assignments.clients import model as clients
from services.assignments.clusters import model as clusters
from services.assignments.database import Base
from services.assignments.hamlets import model as hamlets
from services.assignments.officials import model as officials
from services.assignments.posts import model as posts
from services.assignments.roles import model as roles
from services.assignments.units import model as units
from shared.database import migrate_environment
from shared.messaging import schema

# Imported for their tables.
__all__ = [
    "accounts",
    "assignments",
    "audit",
    "bulk",
    "clients",
    "clusters",
    "hamlets",
    "officials",
    "posts",
    "roles",
    "units",
]

migrate_environment(Base.metadata, schema.metadata, afterwards=attach)
