"""`caunoi role`, `caunoi roles` and `caunoi health`: one role at a time, for containers and service managers."""

import click

from caunoi.commands.options import clear_failures, fail


@click.command()
@click.argument("name")
@click.option(
    "--bind", help="Where a role that serves HTTP listens: host:port or unix:/path [default: CAUNOI_BIND]."
)
def role(name: str, bind: str | None) -> None:
    """Run one role in the foreground. `caunoi roles` lists them.

    The databases, Redis and the other roles are found by the environment variables in docs/operations.md.
    """
    from caunoi import launch
    from caunoi.roles import BY_NAME

    found = BY_NAME.get(name)
    if found is None:
        fail(f"There is no role {name}; there are: {', '.join(BY_NAME)}.")
    with clear_failures():
        launch.run(found, bind=bind)


@click.command()
def roles() -> None:
    """List the roles: name, how it runs, the queues it drains."""
    from caunoi.roles import ROLES

    for each in ROLES:
        note = "only in `caunoi up`" if each.embedded_only else ", ".join(each.queues)
        click.echo(f"{each.name:<22} {each.kind.value:<8} {note}".rstrip())


@click.command()
@click.argument("name")
def health(name: str) -> None:
    """Ask whether one role works; exit code 1 and a reason if not. For health checks of containers."""
    from caunoi import checks
    from caunoi.roles import BY_NAME

    found = BY_NAME.get(name)
    if found is None:
        fail(f"There is no role {name}; there are: {', '.join(BY_NAME)}.")
    with clear_failures():
        reason = checks.ailing(found)
    if reason:
        fail(f"{name}: {reason}")
    click.echo(f"{name}: ok")
