"""The commands of accounts and of the audit log, on a database of their own."""

import re

import pytest
from click.testing import CliRunner, Result

from caunoi.cli import main
from shared.database import make_engine, make_sessions
from shared.ids import uuid7
from tests.support.databases import Databases
from tests.support.places import province

EMAIL = "an.nguyen@bentre.example"
PERSON = ("--name", "Nguyễn Văn An", "--given-name", "An", "--unit", "83")


@pytest.fixture
def system(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> str:
    """What commands find in the environment; the URL of the assignments database, which holds one province."""
    url = databases.fresh("assignments")
    for service in ("ASSIGNMENTS", "VISITS", "NOTIFICATIONS"):
        monkeypatch.setenv(f"CAUNOI_{service}_DATABASE_URL", url)
    monkeypatch.setenv("CAUNOI_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("CAUNOI_PUBLIC_URL", "https://caunoi.example")
    engine = make_engine(url, application_name="test")
    with make_sessions(engine).begin() as session:
        session.add(province(uuid7()))
    engine.dispose()
    return url


def run(*arguments: str) -> Result:
    """A command."""
    return CliRunner().invoke(main, arguments)


def test_the_first_administrator_gets_a_link(system: str) -> None:
    """Who is not known yet is added, once; the role is granted once; the log names the command."""
    unknown = run("accounts", "invite", EMAIL)
    assert unknown.exit_code == 1 and "--given-name" in unknown.output
    wrong = run("accounts", "invite", EMAIL, *PERSON, "--role", "king")
    assert wrong.exit_code == 1 and "administrator" in wrong.output
    for _ in range(2):
        made = run("accounts", "invite", EMAIL, "--role", "administrator", *PERSON)
        assert made.exit_code == 0 and re.match(r"https://caunoi\.example/mat-khau/\S{43}\n", made.output), (
            made.output
        )
    assert run("accounts", "reset-codes", EMAIL).exit_code == 0
    assert run("accounts", "reset-codes", "ai@bentre.example").exit_code == 1
    engine = make_engine(system, application_name="test")
    with engine.connect() as connection:
        counts = "SELECT (SELECT count(*) FROM officials), (SELECT count(*) FROM role_grants)"
        assert tuple(connection.exec_driver_sql(counts).one()) == (1, 1)
        kinds = "SELECT DISTINCT actor_kind FROM audit_log WHERE record = 'accounts'"
        assert connection.exec_driver_sql(kinds).scalars().all() == ["command"]
    engine.dispose()


def test_the_audit_log_is_checked_by_a_command(system: str) -> None:
    """Good, with the head to write down; with another head, and after tampering, it ends with 1 and says where."""
    good = run("audit", "verify")
    head = re.search(r"head: (\d+:[0-9a-f]{64})", good.output)
    assert good.exit_code == 0 and head and run("audit", "verify", "--expect", head[1]).exit_code == 0
    other = run("audit", "verify", "--expect", "1:" + "00" * 32)
    assert other.exit_code == 1 and "written down" in other.output
    assert run("audit", "verify", "--expect", "nonsense").exit_code == 2
    engine = make_engine(system, application_name="test")
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("UPDATE audit_log SET actor = 'nobody' WHERE id = 2")
    engine.dispose()
    broken = run("audit", "verify")
    assert broken.exit_code == 1 and "broken at entry 2" in broken.output
