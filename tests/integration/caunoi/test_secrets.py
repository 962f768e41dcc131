"""Rotating secrets and keys from the command line."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner

from caunoi.cli import main
from tests.support.databases import Databases

Run = Callable[..., str]
NOBODY = "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d22"


@pytest.fixture
def run(databases: Databases) -> Run:
    """Runs a command on databases of the test's own; its output."""
    environment = {"CAUNOI_SECRET_KEY": "tests-only-" + "x" * 32}
    for service in ("assignments", "visits", "notifications"):
        environment[f"CAUNOI_{service.upper()}_DATABASE_URL"] = databases.fresh(service)

    def command(*arguments: str, fails: bool = False) -> str:
        result = CliRunner().invoke(main, arguments, env=environment)
        assert (result.exit_code != 0) is fails, result.output
        return result.output

    return command


def test_a_secret_is_rotated_without_a_gap(run: Run) -> None:
    """Two are good at once, then the old one ends."""
    made = run("clients", "create", "Cổng xã", "--scope", "visits:read")
    client = made.split("client_id:")[1].split()[0]
    assert run("clients", "add-secret", client).startswith("client_secret: ")
    listed = [line.split() for line in run("clients", "secrets", client).splitlines()]
    assert [state for _, state, *_ in listed] == ["active", "active"]
    run("clients", "revoke-secret", listed[0][0])
    listed = [line.split() for line in run("clients", "secrets", client).splitlines()]
    assert sorted(state for _, state, *_ in listed) == ["active", "ended"]


@pytest.mark.parametrize("command", ["add-secret", "secrets", "revoke-secret", "revoke"])
def test_what_does_not_exist_is_named(run: Run, command: str) -> None:
    """And the command fails."""
    assert NOBODY in run("clients", command, NOBODY, fails=True)


def test_a_new_key_is_announced_first(run: Run) -> None:
    """It says when the key begins to sign."""
    assert "signs in ten minutes" in run("keys", "rotate")
