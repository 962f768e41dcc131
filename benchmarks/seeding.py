"""The country and the officials of Bến Tre, as the demo has them, known to every service."""

import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.figures import NotMeasured
from benchmarks.system import ROOT, System
from caunoi.seed.write import write
from services.assignments.units.importer import import_units

UNITS = ROOT / "data" / "units-2025-06-30.csv"
PATIENCE = 60.0  # seconds

# (service that owns, service that keeps a projection, its table)
_PROJECTIONS = (
    ("units", "visits", "units"),
    ("hamlets", "visits", "hamlets"),
    ("officials", "notifications", "contacts"),
)


def seed(system: System, say: Callable[[str], None]) -> None:
    """Import and seed unless that was done, and wait until the other services have heard of it all."""
    sessions = system.sessions("assignments")
    if not _count(sessions, "officials"):
        say("importing the country, seeding Bến Tre")
        with sessions.begin() as session:
            report = import_units(session, UNITS)
            if report.errors:
                raise NotMeasured(f"The units were not imported: {report.errors[:3]}")
        with sessions.begin() as session:
            write(session)
    # The figures count mails, one for each person and escalation, and more come from a commune here than would be
    # told one by one. Whether it is a storm is asked all the same.
    with system.sessions("notifications").begin() as session:
        session.execute(text("UPDATE telling_settings SET storm_from = 1000000"))
    wanted = {(service, table): _count(sessions, own) for own, service, table in _PROJECTIONS}
    deadline = time.monotonic() + PATIENCE
    while (found := {each: _count(system.sessions(each[0]), each[1]) for each in wanted}) != wanted:
        if time.monotonic() > deadline:
            raise NotMeasured(f"The other services should know {wanted} and know {found}.")
        time.sleep(0.2)


def _count(sessions: sessionmaker[Session], table: str) -> int:
    with sessions() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
