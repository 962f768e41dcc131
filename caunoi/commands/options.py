"""Options that several commands share, and how a failure ends a command."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click


def home_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--home DIR."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        help="The data directory [default: CAUNOI_HOME, else ~/.local/share/caunoi].",
    )(command)


def fail(message: str) -> NoReturn:
    """End with a message and exit code 1."""
    click.echo(message, err=True)
    sys.exit(1)


@contextmanager
def clear_failures() -> Iterator[None]:
    """Turn the failures a user can do something about into their message, without a traceback."""
    from caunoi.embedded.postgres import PostgresError
    from caunoi.embedded.redis import RedisError
    from caunoi.errors import StartError
    from caunoi.home import HomeError
    from shared.errors import DomainError
    from shared.settings import SettingsError

    try:
        yield
    except (StartError, HomeError, PostgresError, RedisError, SettingsError, DomainError) as error:
        fail(str(error))
