"""The command line explains itself."""

import click
import pytest
from click.testing import CliRunner

from caunoi.cli import main


def _paths(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            found += _paths(inner, (*path, name))
    return found


@pytest.mark.parametrize("path", _paths(main), ids=lambda path: " ".join(path) or "caunoi")
def test_every_command_has_help(path: tuple[str, ...]) -> None:
    """--help of each says what it does; every option is explained."""
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output
    command: click.Command = main
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name) or command
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_what_others_rely_on_is_there() -> None:
    """The subcommands that tools call."""
    promised = {"up", "demo", "migrate", "seed", "units import", "clients create", "bench"}
    promised |= {f"deadletters {verb}" for verb in ("list", "replay", "discard")}
    assert promised <= {" ".join(path) for path in _paths(main)}


def test_an_unknown_role_is_named() -> None:
    """With the roles there are."""
    result = CliRunner().invoke(main, ["role", "nothing"])
    assert result.exit_code == 1
    assert "visits-worker" in result.output
