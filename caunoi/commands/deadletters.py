"""`caunoi deadletters`: events whose handling failed."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from caunoi.commands.options import clear_failures, fail, home_option


def _service_option(required: bool) -> Callable[..., Any]:
    return click.option(
        "--service",
        type=click.Choice(["assignments", "visits", "notifications"]),
        required=required,
        help="The service that could not handle the event" + ("." if required else " [default: all]."),
    )


@click.group()
def deadletters() -> None:
    """Events whose handling failed: they wait here until they are replayed or discarded."""


@deadletters.command("list")
@_service_option(required=False)
@click.option("--limit", default=100, show_default=True, help="At most so many of each service.")
@home_option
def listing(service: str | None, limit: int, home: Path | None) -> None:
    """List them, oldest first: service, event id, when, type, error."""
    from caunoi.roles import SERVICES
    from caunoi.servers import servers, sessions
    from shared.messaging import deadletters as letters

    with clear_failures(), servers(home):
        for name in [service] if service else SERVICES:
            with sessions(name) as factory, factory() as session:
                for row in letters.listing(session, limit):
                    error = " ".join(str(row["error"]).split())
                    click.echo(
                        f"{name}  {row['event_id']}  {row['failed_at']:%Y-%m-%dT%H:%M:%SZ}  {row['type']}  {error}"
                    )


@deadletters.command("replay")
@_service_option(required=True)
@click.argument("event_ids", nargs=-1, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="Replay all that are waiting.")
@home_option
def replay(service: str, event_ids: tuple[UUID, ...], everything: bool, home: Path | None) -> None:
    """Handle events again. One that fails again stays; the exit code is then 1."""
    from caunoi.servers import servers, sessions
    from shared.messaging import deadletters as letters

    handlers = importlib.import_module(f"services.{service}.handlers").HANDLERS
    failed = 0
    with clear_failures(), servers(home), sessions(service) as factory:
        for event_id in _chosen(factory, event_ids, everything):
            reason = letters.replay(factory, handlers, event_id)
            failed += reason is not None
            click.echo(f"{event_id}  {reason or 'handled'}")
    if failed:
        fail(f"{failed} failed again")


@deadletters.command("discard")
@_service_option(required=True)
@click.argument("event_ids", nargs=-1, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="Discard all that are waiting.")
@home_option
def discard(service: str, event_ids: tuple[UUID, ...], everything: bool, home: Path | None) -> None:
    """Give events up. What they should have caused does not happen; a record of them stays."""
    from caunoi.servers import servers, sessions
    from shared.messaging import deadletters as letters

    with clear_failures(), servers(home), sessions(service) as factory, factory.begin() as session:
        for event_id in _chosen(factory, event_ids, everything):
            letters.discard(session, event_id)
            click.echo(f"{event_id}  discarded")


def _chosen(factory: Any, event_ids: tuple[UUID, ...], everything: bool) -> list[UUID]:
    from shared.messaging import deadletters as letters

    if bool(event_ids) == everything:
        fail("Name event ids, or --all.")
    if not everything:
        return list(event_ids)
    with factory() as session:
        return [row["event_id"] for row in letters.listing(session, 1_000_000)]
