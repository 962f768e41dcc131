"""`caunoi import`: a sheet of officials, posts, places or assignments into the record."""

from pathlib import Path
from typing import Any

import click

from caunoi.commands.options import clear_failures, fail, home_option

SHOWN_CHANGES = 200
SHOWN_FAULTS = 200


@click.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Look through the sheet and write nothing.")
@home_option
def import_sheet(kind: str, file: Path, dry_run: bool, home: Path | None) -> None:
    """Import a sheet, CSV or XLSX: all of it, or nothing and a list of every faulty cell.

    KIND is officials, hamlets, clusters, assignments or posts. Importing the same file again changes nothing.
    """
    from caunoi.servers import servers, sessions
    from services.assignments.bulk.applying import take_in
    from services.assignments.bulk.catalogue import KINDS
    from shared.web.auth import Principal

    if kind not in KINDS:
        fail(f"There is no kind {kind}; these are: {', '.join(KINDS)}.")
    everything = Principal("caunoi", frozenset({"assignments:read", "assignments:write"}), ("",))
    with clear_failures(), servers(home), sessions("assignments") as factory, factory() as session:
        with _Bar() as shown:
            report = take_in(session, everything, KINDS[kind], file.read_bytes(), dry_run, shown)
        if report.faults:
            for each in report.faults[:SHOWN_FAULTS]:
                click.echo(f"{each.cell} {each.field}: {each.reason_vi} / {each.reason_en}", err=True)
            more = len(report.faults) - SHOWN_FAULTS
            fail((f"… and {more} more. " if more > 0 else "") + f"{len(report.faults)} faults: nothing imported.")
        session.commit()
    for change in report.changes[:SHOWN_CHANGES] if dry_run else ():
        before, after = ("–" if each is None else each for each in (change.before, change.after))
        click.echo(f"row {change.row} {change.field}: {before} → {after}")
    if dry_run and len(report.changes) > SHOWN_CHANGES:
        click.echo(f"… and {len(report.changes) - SHOWN_CHANGES} more changes")
    would = "would be " if dry_run else ""
    click.echo(f"{would}{report.created} created, {report.changed} changed, {report.unchanged} unchanged")


class _Bar:
    """A bar on a terminal, nothing elsewhere; called with (phase, done, total)."""

    def __enter__(self) -> "_Bar":
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("", total=None)
        self._bar.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._bar.stop()

    def __call__(self, phase: str, done: int, total: int) -> None:
        self._bar.update(self._task, description=str(phase), completed=done, total=total or None)
