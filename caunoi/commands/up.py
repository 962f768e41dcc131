"""`caunoi up`."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from caunoi.commands.options import clear_failures, home_option


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes any free one [default: 8080]."
)
@click.option("--host", help="Address to listen on [default: 127.0.0.1, this machine only].")
@home_option
def up(port: int | None, host: str | None, home: Path | None) -> None:
    """Run the whole system until Ctrl-C: page, APIs, workers and, unless others are configured, their servers.

    Prints its address when every part works. Logs are in logs/ of the data directory, one file per role.
    """
    from caunoi import stack
    from caunoi.settings import UpSettings, default_home

    with clear_failures():
        stack.check_settings()
        settings = UpSettings.from_env()
        if port is not None:
            settings = replace(settings, port=port)
        if host is not None:
            settings = replace(settings, host=host)
        stack.up(settings, home or Path(settings.home or default_home()), say)


def say(line: str) -> None:
    """Show a line at once, also into a pipe; nobody listening is no reason to stop."""
    with suppress(BrokenPipeError):
        click.echo(line)
