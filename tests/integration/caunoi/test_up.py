"""`caunoi up` as its users meet it: quick to start, hard to kill, alone on its home, and gone without a trace."""

import json
import signal
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from caunoi.roles import ROLES
from tests.integration.caunoi.running import Up, caunoi, processes_of
from tests.support.waiting import until

pytestmark = pytest.mark.xdist_group("up")

SECONDS_TO_READY = 15.0  # on a machine that has nothing else to do; here others test and build beside it
TIMES_SLOWER = 4


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder for homes. Not pytest's: every run that begins closes those again to the user of PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="caunoi-up-") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def up(folder: Path) -> Iterator[Up]:
    """A system on an empty home, ready."""
    running = Up(folder / "first")
    yield running.wait_ready()
    running.stop(signal.SIGTERM)
    assert processes_of(running.home) == []


def test_every_role_and_server_runs(up: Up) -> None:
    """Each role of the table has a process, and so have the embedded servers."""
    assert set(up.state["roles"]) == {role.name for role in ROLES} | {"postgres", "redis"}
    assert all(each["pid"] for each in up.state["roles"].values())


def test_one_port_serves_everything(up: Up) -> None:
    """The page, health, figures, the APIs with their documents, the mailbox."""
    assert up.get("/healthz")[0] == 200
    assert json.loads(up.get("/readyz")[2])["ready"] is True
    assert up.get("/")[:2] == (200, "text/html; charset=utf-8")
    assert up.get("/mailbox")[0] == 200
    assert 'caunoi_service_up{service="visits"} 1.0' in up.get("/metrics")[2]
    for service in ("assignments", "visits", "notifications"):
        assert json.loads(up.get(f"/api/{service}/v1/openapi.json")[2])["openapi"].startswith("3.1")
        status, kind, text = up.get(f"/api/{service}/v1/nothing")
        assert (status, kind) == (404, "application/problem+json"), text


def test_a_second_one_on_the_same_home_is_refused(up: Up) -> None:
    """With words that say who has it and where."""
    refused = caunoi("up", "--port", "0", "--home", str(up.home))
    assert refused.returncode == 1
    assert f"{up.home} is already in use by caunoi up, process {up.process.pid}, at {up.url}." in refused.stderr


def test_a_taken_port_is_refused(up: Up, folder: Path) -> None:
    """With words, at once, and nothing is left running."""
    port = urllib.parse.urlsplit(up.url).port
    refused = caunoi("up", "--port", str(port), "--home", str(folder / "other"))
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken by another program; choose another with --port." in refused.stderr
    assert processes_of(folder / "other") == []


@pytest.mark.parametrize("roles", [("postgres",), ("redis", "gateway"), ("visits-api", "visits-worker", "portal")])
def test_what_is_killed_comes_back(up: Up, roles: tuple[str, ...]) -> None:
    """kill -9 of any part: it runs again, and the system is ready again."""
    for role in roles:
        up.kill(role)
    until(lambda: up.get("/readyz")[0] == 200, what="readiness", report=lambda: up.get("/readyz")[2])


def test_clients_are_made_and_revoked_while_it_runs(up: Up) -> None:
    """The secret is printed once and buys a token; after the revocation it does not."""
    made = caunoi("clients", "create", "Cổng xã", "--scope", "visits:read", home=up.home)
    assert made.returncode == 0, made.stderr
    client = dict(line.split(None, 1) for line in made.stdout.splitlines())
    form = {
        "grant_type": "client_credentials",
        "client_id": client["client_id:"],
        "client_secret": client["client_secret:"],
    }
    url = f"{up.url}/api/assignments/oauth/token"

    def token() -> int:
        try:
            with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    assert token() == 200
    assert "Cổng xã" in caunoi("clients", "list", home=up.home).stdout
    assert caunoi("clients", "revoke", client["client_id:"], home=up.home).returncode == 0
    assert token() == 401


def test_faulty_units_are_all_listed_and_none_imported(up: Up, tmp_path: Path) -> None:
    """Every faulty row with its line and reason; exit code 1."""
    sheet = tmp_path / "units.csv"
    sheet.write_text(
        "code,name,kind,level,parent_code,latitude,longitude\n"
        "83,Tỉnh Bến Tre,tinh,province,,10.1,106.4\n"
        "829,Thành phố Bến Tre,thanh_pho,district,84,10.2,106.3\n"
        "28756,,phuong,commune,829,10.2,106.3\n"
    )
    refused = caunoi("units", "import", str(sheet), home=up.home)
    assert refused.returncode == 1
    lines = refused.stderr.splitlines()
    assert any(line.startswith("line 3, ") for line in lines), lines
    assert any(line.startswith("line 4, ") for line in lines), lines
    assert "nothing imported" in lines[-1]


@pytest.mark.parametrize("arguments", [("deadletters", "list"), ("republish",), ("migrate",)], ids=" ".join)
def test_other_commands_work_beside_it(up: Up, arguments: tuple[str, ...]) -> None:
    """Commands use the databases of the running system."""
    done = caunoi(*arguments, home=up.home)
    assert done.returncode == 0, done.stderr


def test_it_is_ready_in_time_ends_cleanly_and_keeps_its_data(folder: Path) -> None:
    """From an empty home to ready within the promised time; after Ctrl-C nothing runs; a client that a command on
    its own has made is still there after a kill -9 of the supervisor."""
    home = folder / "second"
    first = Up(home).wait_ready()
    assert time.monotonic() - first.began < SECONDS_TO_READY * TIMES_SLOWER
    assert first.stop(signal.SIGINT) == 0
    assert first.output.read_text().splitlines()[-1] == "Stopped."
    assert processes_of(home) == []

    made = caunoi("clients", "create", "Bền bỉ", "--scope", "visits:read", home=home)
    assert made.returncode == 0, made.stderr
    assert processes_of(home) == []

    second = Up(home).wait_ready()
    orphans = [each["pid"] for each in second.state["roles"].values()]
    second.process.kill()
    second.process.wait()

    third = Up(home).wait_ready()  # at once: it waits for the servers left behind to end
    assert not [pid for pid in orphans if psutil.pid_exists(pid)]
    assert "Bền bỉ" in caunoi("clients", "list", home=home).stdout
    assert third.stop(signal.SIGTERM) == 0
    assert processes_of(home) == []


def test_wrong_settings_are_all_named_before_anything_starts(folder: Path) -> None:
    """One message with every fault, whichever role would have met it."""
    wrong = {"CAUNOI_SMTP_URL": "mail.example", "CAUNOI_REDIS_URL": "http://x", "CAUNOI_LOG_LEVEL": "loud"}
    refused = caunoi("up", "--home", str(folder / "third"), **wrong)
    assert refused.returncode == 1
    assert all(f"{name} is wrong: " in refused.stderr for name in wrong), refused.stderr
    assert not (folder / "third").exists()


def test_servers_that_are_given_are_used_and_none_is_started(up: Up, folder: Path) -> None:
    """With databases, Redis and SMTP named, only roles run, also one by one and with a health check each."""
    given = up.state["environment"]
    names = ["CAUNOI_REDIS_URL", "CAUNOI_SMTP_URL", *(name for name in given if name.endswith("_DATABASE_URL"))]
    key = (up.home / "secrets" / "secret-key").read_text()
    environ = {name: given[name] for name in names} | {"CAUNOI_SECRET_KEY": key}
    other = Up(folder / "fourth", **environ).wait_ready()
    assert set(other.state["roles"]) == {role.name for role in ROLES if not role.embedded_only}
    for role in (
        "visits-worker",
        "visits-relay",
        "visits-clock",
        "assignments-clock",
        "notifications-sender",
        "notifications-helper",
        "notifications-clock",
    ):
        well = caunoi("health", role, **environ)
        assert (well.returncode, well.stdout) == (0, f"{role}: ok\n"), well.stderr
    bind = other.state["sockets"]["visits-api"]
    assert caunoi("health", "visits-api", CAUNOI_BIND=bind, **environ).returncode == 0
    assert other.stop() == 0
    ill = caunoi("health", "visits-api", CAUNOI_BIND=bind, **environ)
    assert ill.returncode == 1 and "does not answer" in ill.stderr
