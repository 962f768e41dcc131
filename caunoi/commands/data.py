"""`caunoi migrate`, `caunoi seed` and `caunoi units`: the schema and the first data."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from caunoi.commands.options import clear_failures, fail, home_option

SHOWN_ERRORS = 200


@click.command()
@home_option
def migrate(home: Path | None) -> None:
    """Bring the databases of all services to the newest schema. Safe to repeat; `caunoi up` does it by itself."""
    from caunoi.roles import SERVICES
    from caunoi.servers import bring_up_to_date, servers

    with clear_failures(), servers(home):
        for service in SERVICES:
            bring_up_to_date(service)
            click.echo(f"{service}: up to date")


@click.command()
@home_option
def seed(home: Path | None) -> None:
    """Fill in demonstration data for Bến Tre: officials, clusters, hamlets and who follows what.

    Needs the units: import data/units-2025-06-30.csv first. All names and addresses are made up. A second run
    changes nothing.
    """
    from caunoi.seed.write import write
    from caunoi.servers import servers, sessions

    with clear_failures(), servers(home), sessions("assignments") as factory, factory.begin() as session:
        report = write(session)
    click.echo(str(report))


@click.group()
def units() -> None:
    """Administrative units."""


@units.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of the units, for a file without such a column [default: that of the file's scheme].",
)
@home_option
def import_file(file: Path, valid_from: datetime | None, home: Path | None) -> None:
    """Import a CSV file of units: all of it, or nothing and a list of every faulty row.

    The columns are those of data/units-2025-06-30.csv. Importing the same file again changes nothing.
    """
    from caunoi.servers import servers, sessions
    from services.assignments.units.importer import import_units

    with clear_failures(), servers(home), sessions("assignments") as factory, factory() as session:
        with _progress() as shown:
            report = import_units(session, file, valid_from.date() if valid_from else None, shown)
        if report.errors:
            for each in report.errors[:SHOWN_ERRORS]:
                click.echo(
                    f"line {each.line}, {each.field or 'row'}: {each.reason_vi} / {each.reason_en}", err=True
                )
            more = len(report.errors) - SHOWN_ERRORS
            fail((f"… and {more} more. " if more > 0 else "") + f"{len(report.errors)} faults: nothing imported.")
        session.commit()
    click.echo(f"{report.created} created, {report.changed} changed, {report.unchanged} unchanged")


class _progress:
    """A bar on a terminal, nothing elsewhere; called with (done, total)."""

    def __enter__(self) -> "_progress":
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("Units", total=None)
        self._bar.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=total)
