"""`caunoi clients`: programs that may use the APIs."""

from pathlib import Path
from uuid import UUID

import click

from caunoi.commands.options import clear_failures, home_option


@click.group()
def clients() -> None:
    """Programs that may use the APIs (OAuth 2.0 client credentials)."""


@clients.command("create")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help="What it may do, such as visits:read; repeatable."
)
@click.option(
    "--territory",
    "territories",
    multiple=True,
    help="Where: the code of a unit (83) or its path (83/829/); repeatable [default: everywhere].",
)
@home_option
def create(name: str, scopes: tuple[str, ...], territories: tuple[str, ...], home: Path | None) -> None:
    """Create a client and print its id and secret. The secret is not kept: it is shown this once."""
    from caunoi.servers import servers, sessions
    from services.assignments.clients.actions import create_client

    codes = [each.rstrip("/").rpartition("/")[2] for each in territories]
    with clear_failures(), servers(home), sessions("assignments") as factory, factory.begin() as session:
        client, secret = create_client(session, name, scopes, codes)
        client_id = client.id
    click.echo(f"client_id:     {client_id}\nclient_secret: {secret}")


@clients.command("list")
@home_option
def listing(home: Path | None) -> None:
    """List the clients: id, state, scopes, territory, name."""
    from sqlalchemy import select

    from caunoi.servers import servers, sessions
    from services.assignments.clients.model import Client

    with clear_failures(), servers(home), sessions("assignments") as factory, factory() as session:
        for each in session.scalars(select(Client).order_by(Client.created_at)):
            state = "revoked" if each.revoked_at else "active"
            territory = ",".join(path or "everywhere" for path in each.territories)
            click.echo(f"{each.id}  {state:<7}  {','.join(each.scopes)}  {territory}  {each.name}")


@clients.command("revoke")
@click.argument("client_id", type=click.UUID)
@home_option
def revoke(client_id: UUID, home: Path | None) -> None:
    """Give a client no more tokens. Those it holds run out within minutes."""
    from caunoi.servers import servers, sessions
    from services.assignments.clients.actions import revoke_client

    with clear_failures(), servers(home), sessions("assignments") as factory, factory.begin() as session:
        revoke_client(session, client_id)
    click.echo("revoked")


@clients.command("secrets")
@click.argument("client_id", type=click.UUID)
@home_option
def secrets(client_id: UUID, home: Path | None) -> None:
    """List the secrets of a client: id, state, since when. The secrets themselves are not kept."""
    from caunoi.servers import servers, sessions
    from services.assignments.clients.queries import client_of
    from shared import clock

    with clear_failures(), servers(home), sessions("assignments") as factory, factory() as session:
        for each in client_of(session, client_id).secrets:
            state = "active" if each.is_alive(clock.now()) else "ended"
            click.echo(f"{each.id}  {state}  {each.created_at:%Y-%m-%d %H:%M} UTC")


@clients.command("add-secret")
@click.argument("client_id", type=click.UUID)
@home_option
def add_secret(client_id: UUID, home: Path | None) -> None:
    """Give a client a further secret, shown this once. To rotate: add one, use it, then revoke the old one."""
    from caunoi.servers import servers, sessions
    from services.assignments.clients import actions
    from services.assignments.clients.queries import client_of

    with clear_failures(), servers(home), sessions("assignments") as factory, factory.begin() as session:
        secret = actions.add_secret(session, client_of(session, client_id))
    click.echo(f"client_secret: {secret}")


@clients.command("revoke-secret")
@click.argument("secret_id", type=click.UUID)
@home_option
def revoke_secret(secret_id: UUID, home: Path | None) -> None:
    """Accept one secret of a client no more; its other secrets stay good."""
    from caunoi.servers import servers, sessions
    from services.assignments.clients import actions

    with clear_failures(), servers(home), sessions("assignments") as factory, factory.begin() as session:
        actions.revoke_secret(session, secret_id)
    click.echo("revoked")
