"""`caunoi reorganise`: plan a reorganisation of units, look at it, decide, carry it out, undo it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from caunoi.commands.options import clear_failures, fail, home_option

_ANSWER_SECONDS = 60.0


@click.group()
def reorganise() -> None:
    """Reorganise administrative units: plan, decide, apply, undo.

    The plan of the reform of 1 July 2025 needs no files. Nothing changes before `apply`, which does all of it or
    nothing; what is undecided then goes by its default.
    """


_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@reorganise.command("plan")
@click.option("--units", type=_file, help="CSV of the units that begin [default: those of 1 July 2025].")
@click.option("--successors", type=_file, help="CSV of old_code,new_code,extent [default: those of 1 July 2025].")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="First day of the new units [2025-07-01].")
@click.option(
    "--province",
    "provinces",
    multiple=True,
    help="Only this province (old code), with those that become one with it.",
)
@click.option("--name", help="What it is called.")
@click.option("--legal-basis", help="The decision it rests on.")
@home_option
def make_plan(
    units: Path | None,
    successors: Path | None,
    day: datetime | None,
    provinces: tuple[str, ...],
    name: str | None,
    legal_basis: str | None,
    home: Path | None,
) -> None:
    """Make a plan and show its dry run."""
    from caunoi.reform import WRITER
    from services.assignments.reorganisations import files, queries
    from services.assignments.reorganisations.actions import plan
    from services.assignments.reorganisations.schemas import REFORM, REFORM_BASIS
    from services.assignments.units.rules import TWO_TIERS_SINCE

    with _session(home) as session:
        made = plan(
            session,
            WRITER,
            name=name or REFORM,
            legal_basis=legal_basis or REFORM_BASIS,
            effective_on=day.date() if day else TWO_TIERS_SINCE,
            units=units.read_bytes() if units else files.given_or_own(None, files.UNITS),
            successors=successors.read_bytes() if successors else files.given_or_own(None, files.SUCCESSORS),
            provinces=provinces,
        )
        session.flush()
        _show(queries.report(session, made))


@reorganise.command("list")
@home_option
def list_all(home: Path | None) -> None:
    """All plans and deeds, newest first."""
    from caunoi.reform import WRITER
    from services.assignments.reorganisations import queries

    with _session(home) as session:
        for each in queries.page(session, {"limit": 100, "cursor": None}, WRITER)["items"]:
            click.echo(f"{each.id}  {each.effective_on}  {each.state:10}  {each.name}")


@reorganise.command("show")
@click.argument("plan_id", type=click.UUID)
@click.option("--undecided", is_flag=True, help="Also every item that needs a decision and has none.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead, for machines.")
@home_option
def show_one(plan_id: UUID, undecided: bool, as_json: bool, home: Path | None) -> None:
    """The dry run of a plan, or what was done."""
    from caunoi.reform import WRITER
    from services.assignments.reorganisations import queries

    with _session(home) as session:
        made = queries.one(session, plan_id, WRITER)
        report = queries.report(session, made)
        if as_json:
            click.echo(json.dumps(report, ensure_ascii=False, indent=1, default=str))
            return
        _show(report)
        filters: dict[str, Any] = {"kind": None, "outcome": None, "undecided": True, "limit": 200, "cursor": None}
        while undecided:
            page = queries.items(session, made, filters)
            for item in page["items"]:
                goes = f"→ {item.code} ({item.default_basis})" if item.code else "→ ends"
                click.echo(f"{item.id}  {item.kind}  {item.label}  {goes}")
            filters["cursor"] = page["next_cursor"]
            undecided = filters["cursor"] is not None


@reorganise.command("decide")
@click.argument("plan_id", type=click.UUID)
@click.argument("item_id", type=click.UUID)
@click.option("--to", "code", help="Code of the new unit it goes to.")
@click.option("--end", is_flag=True, help="It ends.")
@click.option("--post", help="Of an assignment: the post held there, if it is another one.")
@click.option("--note", help="Why.")
@home_option
def decide_one(
    plan_id: UUID,
    item_id: UUID,
    code: str | None,
    end: bool,
    post: str | None,
    note: str | None,
    home: Path | None,
) -> None:
    """Decide where one item goes (see `show --undecided`). Without --to and --end: back to its default."""
    from caunoi.reform import WRITER
    from services.assignments.reorganisations import queries
    from services.assignments.reorganisations.actions import decide, leave_open

    if code and end:
        fail("Either --to or --end.")
    with _session(home) as session:
        made = queries.one(session, plan_id, WRITER, lock=True)
        item = queries.item(session, made, item_id, lock=True)
        if code or end:
            item = decide(session, made, item, WRITER, unit=code, post=post, note=note)
        else:
            item = leave_open(session, made, item)
        click.echo(f"{item.label} → {item.code or 'ends'}")


@reorganise.command("refresh")
@click.argument("plan_id", type=click.UUID)
@home_option
def refresh_one(plan_id: UUID, home: Path | None) -> None:
    """Plan again from what is recorded now; decisions are kept."""
    from caunoi.reform import WRITER
    from services.assignments.reorganisations import queries
    from services.assignments.reorganisations.actions import plan_again

    with _session(home) as session:
        made = plan_again(session, queries.one(session, plan_id, WRITER, lock=True))
        session.flush()
        _show(queries.report(session, made))


@reorganise.command("apply")
@click.argument("plan_id", type=click.UUID)
@home_option
def apply_one(plan_id: UUID, home: Path | None) -> None:
    """Carry a plan out, in one transaction. Open issues and visits follow once the system runs."""
    from caunoi.reform import WRITER
    from services.assignments.reorganisations import queries
    from services.assignments.reorganisations.applying import apply

    began = time.monotonic()
    with _session(home) as session, _steps() as step:
        made = apply(session, queries.one(session, plan_id, WRITER, lock=True), WRITER, step)
        session.flush()
        report = queries.report(session, made)
    _show(report)
    click.echo(f"Applied in {time.monotonic() - began:.1f} s.")


@reorganise.command("undo")
@click.argument("plan_id", type=click.UUID)
@click.option("--reason", required=True, help="Why.")
@home_option
def undo_one(plan_id: UUID, reason: str, home: Path | None) -> None:
    """Undo it, unless something depends on it. The system must be running: the visits service is asked."""
    from caunoi.reform import WRITER, undone
    from caunoi.servers import servers, sessions

    with clear_failures(), servers(home), sessions("assignments") as factory, _steps() as step:
        refusal = undone(factory, plan_id, WRITER, reason, step, seconds=_ANSWER_SECONDS)
    if refusal:
        fail(refusal)
    click.echo("Undone: everything is as it was.")


@contextmanager
def _session(home: Path | None) -> Iterator[Any]:
    from caunoi.servers import servers, sessions

    with clear_failures(), servers(home), sessions("assignments") as factory, factory.begin() as session:
        yield session


@contextmanager
def _steps() -> Iterator[Any]:
    """Say on standard error what is done: each step, the rows it is about, and how long it took."""
    from rich.console import Console

    console, began, doing = Console(stderr=True, highlight=False), time.monotonic(), ""
    with console.status("") as status:

        def step(name: str, rows: int | None = None) -> None:
            nonlocal began, doing
            if doing:
                console.print(f"  {doing}: {time.monotonic() - began:.1f} s")
            began, doing = time.monotonic(), name if rows is None else f"{name}, {rows:,} rows"
            status.update(f"{doing} …")

        yield step
        step("done")


def _show(report: dict[str, Any]) -> None:
    def levels(counts: dict[str, int]) -> str:
        return "/".join(f"{counts[each]:,}" for each in ("province", "district", "commune") if each in counts)

    click.echo(f"{report['id']}  {report['state']}, from {report['effective_on']:%d/%m/%Y}")
    click.echo(f"units: {levels(report['ending'])} → {levels(report['beginning'])}")
    for each in report["items"]:
        left = f", {each['undecided']:,} undecided" if each["undecided"] else ""
        click.echo(f"  {each['kind']:<11}{each['outcome']:<9}{each['count']:>7,}{left}")
    for each in report["unmapped"]:
        click.echo(f"  no successor in the list: {each['code']} {each['name']} → {each['goes_to'] or 'ends'}")
    for each in report["without_predecessor"]:
        click.echo(f"  no predecessor in the list: {each['code']} {each['name']}")
    if report["not_known_here"] or report["not_taken"]:
        click.echo(
            f"  left out: {report['not_known_here']} old units not known here, {report['not_taken']} new ones"
        )
