"""`caunoi replay`, on databases of its own."""

import re

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from caunoi.cli import main
from services.notifications.handlers import HANDLERS
from shared.database import make_engine, make_sessions
from shared.messaging.events import read, write
from tests.support import facts
from tests.support.databases import Databases


@pytest.fixture
def database(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a database with two mails that failed, about communes of two provinces."""
    url = databases.fresh("notifications")
    for service in ("ASSIGNMENTS", "VISITS", "NOTIFICATIONS"):
        monkeypatch.setenv(f"CAUNOI_{service}_DATABASE_URL", url)
    monkeypatch.setenv("CAUNOI_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("CAUNOI_PUBLIC_URL", "https://caunoi.example")
    engine = make_engine(url, application_name="test")
    with make_sessions(engine).begin() as session:
        for number, path in enumerate(("83/829/28789/", "86/855/29542/")):
            person = facts.recipient()
            known = facts.official_changed(official_id=person["official_id"])
            told = facts.routed(recipients=[person], issue=facts.issue_facts(number, unit_path=path))
            for new in (known, told):
                HANDLERS[new.type](session, [read(write("assignments", new, None)[1])])
        session.execute(
            text(
                "UPDATE notifications SET state = 'failed', due_at = NULL, last_error = '550 no such user' "
                "WHERE channel = 'email'"
            )
        )
    engine.dispose()
    return url


def states(url: str) -> list[str]:
    """How the mails stand, oldest first."""
    engine = make_engine(url, application_name="test")
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT state FROM notifications WHERE channel = 'email' ORDER BY id")
        got = list(found.scalars())
    engine.dispose()
    return got


def run(*arguments: str) -> Result:
    """The command."""
    return CliRunner().invoke(main, ["replay", *arguments])


def test_it_says_what_it_would_do_and_does_it_only_when_told(database: str) -> None:
    """A table by default; with --yes and a reason the rows are due again, and the replay says who."""
    looked = run("--unit", "83/")
    assert looked.exit_code == 0 and re.search(r"failed +email +escalation +1\n", looked.output), looked.output
    assert "BT-2026-000000  550 no such user" in looked.output and "--yes" in looked.output
    assert states(database) == ["failed", "failed"]
    done = run("--unit", "83/", "--yes", "--reason", "Máy chủ thư đã hoạt động lại")
    assert done.exit_code == 0 and "1 of 1 due again" in done.output, done.output
    assert states(database) == ["pending", "failed"]
    rest = run("--yes", "--reason", "x")
    assert rest.exit_code == 0 and "1 of 1 due again" in rest.output and states(database) == ["pending", "pending"]
    assert "left alone: pending" in run().output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--yes",), "--reason"),
        (("--id", "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7dab", "--unit", "83/"), "not both"),
        (("--unit", "28789"), "--unit"),
        (("--from", "2026-03-02T00:00:00Z", "--until", "2026-03-01T00:00:00Z"), "--until"),
        (("--state", "lost"), "--state"),
        (("--id", "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7dab"), "no such record"),
    ],
)
def test_what_is_wrong_is_said(database: str, arguments: tuple[str, ...], said: str) -> None:
    """Exit code 1, the option named, and nothing is done."""
    result = run(*arguments)
    assert result.exit_code == 1 and said in result.output, result.output
    assert states(database) == ["failed", "failed"]
