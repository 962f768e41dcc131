"""`caunoi accounts`: the first administrator, and whoever else cannot wait for a mail."""

from pathlib import Path
from typing import Any

import click

from caunoi.commands.options import clear_failures, fail, home_option


@click.group()
def accounts() -> None:
    """Officials who may sign in."""


@accounts.command("invite")
@click.argument("email")
@click.option("--role", "roles", multiple=True, help="Grant this role everywhere; repeatable.")
@click.option("--name", "full_name", help="The full name, if no official has this address yet.")
@click.option("--given-name", help="The name to sort by.")
@click.option("--unit", help="The code of the home unit, such as 83.")
@home_option
def invite(email: str, roles: tuple[str, ...], home: Path | None, **person: str | None) -> None:
    """Open an account for EMAIL and print the link that lets its owner choose a password. It is shown this once."""
    from caunoi import environment
    from caunoi.servers import servers, sessions
    from services.assignments.accounts.actions import Post
    from services.assignments.accounts.actions import invite as open_and_link

    with clear_failures(), servers(home), sessions("assignments") as factory, factory.begin() as session:
        official = _official(session, email, person)
        _, link, token = open_and_link(session, official)
        _grant(session, official, roles)
        post = Post(environment.secret_key(), environment.public_url())
        click.echo(f"{post.address(token)}\ngood once, until {link.expires_at:%Y-%m-%d %H:%M} UTC")


@accounts.command("reset-codes")
@click.argument("email")
@home_option
def reset_codes(email: str, home: Path | None) -> None:
    """Ask EMAIL for no codes any more, for whoever has lost authenticator and recovery codes. Check who asks."""
    from caunoi.servers import servers, sessions
    from services.assignments.accounts.queries import by_login
    from services.assignments.accounts.second_factor import remove

    with clear_failures(), servers(home), sessions("assignments") as factory, factory.begin() as session:
        account = by_login(session, email)
        if account is None:
            fail("There is no account with this address.")
        remove(session, account)
    click.echo("a password is enough again")


def _official(session: Any, email: str, person: dict[str, str | None]) -> Any:
    from sqlalchemy import func, select

    from services.assignments.officials.actions import add_official
    from services.assignments.officials.model import Official
    from services.assignments.officials.rules import email_address
    from shared.contracts.scopes import SCOPES
    from shared.web.auth import Principal

    try:
        address = email_address(email)
    except ValueError as error:
        fail(str(error))
    found = session.scalars(select(Official).where(func.lower(Official.email) == address.lower())).all()
    if len(found) > 1:
        fail("Several officials have this address: give each one of their own first.")
    if found:
        return found[0]
    if not all(person.values()):
        fail("No official has this address. To add one, give --name, --given-name and --unit.")
    operator = Principal("caunoi", frozenset(SCOPES), ("",))
    return add_official(session, operator, email=address, **person)  # type: ignore[arg-type]


def _grant(session: Any, official: Any, roles: tuple[str, ...]) -> None:
    from sqlalchemy import select

    from services.assignments.roles.actions import grant
    from services.assignments.roles.model import Role, RoleGrant
    from services.assignments.validity import valid_on
    from shared import clock

    for role in roles:
        if session.get(Role, role) is None:
            fail(f"There is no role {role}. The roles are: {', '.join(session.scalars(select(Role.code)))}.")
        same = select(RoleGrant.id).where(
            RoleGrant.official_id == official.id,
            RoleGrant.role_code == role,
            RoleGrant.unit_id.is_(None),
            valid_on(RoleGrant, clock.today()),
        )
        if session.scalars(same).first() is None:
            grant(session, official, role, "caunoi accounts invite")
