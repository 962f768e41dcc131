"""`caunoi keys`: the keys that sign access tokens."""

from pathlib import Path

import click

from caunoi.commands.options import clear_failures, home_option


@click.group()
def keys() -> None:
    """The keys that sign access tokens."""


@keys.command("rotate")
@home_option
def rotate(home: Path | None) -> None:
    """Make a new key. It signs in ten minutes, when every service knows it; tokens given before stay good."""
    from caunoi import environment
    from caunoi.servers import servers, sessions
    from services.assignments.clients.actions import rotate_signing_key

    with clear_failures(), servers(home), sessions("assignments") as factory, factory.begin() as session:
        key = rotate_signing_key(session, environment.secret_key())
    click.echo(f"key {key.kid} signs in ten minutes")
