"""The demonstration data are written once."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from caunoi.demo.run import UNITS
from caunoi.errors import StartError
from caunoi.seed.write import write
from services.assignments.units.importer import import_units
from shared.messaging.schema import outbox


def test_a_second_seed_changes_nothing(assignments_db: sessionmaker[Session]) -> None:
    """All officials with their posts, then not even an event."""
    with assignments_db() as session:
        import_units(session, UNITS)
        report = write(session)
        session.commit()
        events = session.scalar(select(func.count()).select_from(outbox))
        assert (report.clusters, report.hamlets) == (28, 81)
        assert report.officials > 150 and report.assignments > 250
        again = write(session)
        session.commit()
        assert str(again) == "The demonstration data are there already: nothing changed"
        assert session.scalar(select(func.count()).select_from(outbox)) == events


def test_without_units_it_says_what_to_do(assignments_db: sessionmaker[Session]) -> None:
    """The command that imports them is named."""
    with assignments_db() as session, pytest.raises(StartError, match="caunoi units import"):
        write(session)
