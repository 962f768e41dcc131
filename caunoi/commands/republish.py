"""`caunoi republish`."""

import importlib
import importlib.util
from pathlib import Path

import click

from caunoi.commands.options import clear_failures, fail, home_option


@click.command()
@click.argument("service", required=False)
@home_option
def republish(service: str | None, home: Path | None) -> None:
    """Tell again what a service owns, so that copies of it elsewhere can be rebuilt [default: every owner].

    Safe at any time: who knows it already is not changed by hearing it again.
    """
    from caunoi.roles import SERVICES
    from caunoi.servers import servers, sessions

    owners = [name for name in SERVICES if importlib.util.find_spec(f"services.{name}.republish")]
    if service is not None and service not in owners:
        fail(f"{service} owns nothing that others keep a copy of; these do: {', '.join(owners)}.")
    with clear_failures(), servers(home):
        for name in [service] if service else owners:
            action = importlib.import_module(f"services.{name}.republish").republish
            with sessions(name) as factory, factory.begin() as session:
                count = action(session)
            click.echo(f"{name}: {count} events recorded")
