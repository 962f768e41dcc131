"""docker-compose starts exactly what the code declares, and hands each role what it needs to start."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from caunoi.roles import ROLES, SERVICES, Kind, Role
from caunoi.settings import GatewaySettings
from shared.settings import REQUIRED

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS: dict[str, Any] = COMPOSE["services"]
NEEDED = [role for role in ROLES if not role.embedded_only]

# ${NAME:?why it is needed} and ${NAME:-default}
_VARIABLE = re.compile(r"\$\{([A-Z_]+)(:[?-])([^}]*)\}")


def _filled(text: str) -> str:
    """A text of the compose file as it reads once .env is filled in."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if kind == ":-":
            return rest
        examples = {"CAUNOI_PUBLIC_URL": "https://caunoi.example", "CAUNOI_SMTP_URL": "smtps://u:p@mail.example"}
        return examples.get(name, "0123456789abcdef" * 4)

    return _VARIABLE.sub(value, str(text))


def _environment(name: str) -> dict[str, str]:
    return {key: _filled(value) for key, value in CONTAINERS[name]["environment"].items()}


def _names_of(role: Role) -> set[str]:
    return {each.metadata["name"] for settings in role.settings for each in fields(settings)}


def test_it_starts_exactly_the_declared_roles() -> None:
    """One container a role, started as that role; beside them only the servers and the migration."""
    assert set(CONTAINERS) - {"postgres", "redis", "migrate"} == {role.name for role in NEEDED}
    for role in NEEDED:
        assert CONTAINERS[role.name]["command"] == ["role", role.name]


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_every_container_is_watched_and_restarted(name: str) -> None:
    """Each has a restart policy, and each that stays has a health check with a limit."""
    container = CONTAINERS[name]
    if name == "migrate":
        assert container["restart"] == "on-failure"
        return
    assert container["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries"} <= set(container["healthcheck"])


@pytest.mark.parametrize("role", NEEDED, ids=lambda role: role.name)
def test_a_role_gets_the_settings_it_needs(role: Role) -> None:
    """What it is given can be read without a fault, and nothing is given that it does not know."""
    environment = _environment(role.name)
    for settings in role.settings:
        settings.from_env(environment)
    assert set(environment) <= _names_of(role)


@pytest.mark.parametrize("role", NEEDED, ids=lambda role: role.name)
def test_a_role_reaches_no_other_service_s_database(role: Role) -> None:
    """Each service has its own database and user."""
    databases = {key: value for key, value in _environment(role.name).items() if key.endswith("_DATABASE_URL")}
    own = f"CAUNOI_{role.service.upper()}_DATABASE_URL" if role.service in SERVICES else None
    assert set(databases) == ({own} if own else set())
    for url in databases.values():
        assert f"//caunoi_{role.service}:" in url and url.endswith(f"/caunoi_{role.service}")


@pytest.mark.parametrize("role", NEEDED, ids=lambda role: role.name)
def test_a_role_waits_for_the_migration_and_the_servers(role: Role) -> None:
    """Nothing starts on an old schema."""
    waits = {name: each["condition"] for name, each in CONTAINERS[role.name]["depends_on"].items()}
    assert waits == {
        "migrate": "service_completed_successfully",
        "postgres": "service_healthy",
        "redis": "service_healthy",
    }


def test_the_migration_gets_every_database() -> None:
    """It migrates all services and makes the first signing key."""
    expected = {f"CAUNOI_{service.upper()}_DATABASE_URL" for service in SERVICES} | {"CAUNOI_SECRET_KEY"}
    assert set(_environment("migrate")) == expected
    assert CONTAINERS["migrate"]["command"] == ["migrate"]


def test_http_roles_are_where_the_gateway_looks() -> None:
    """Every address the gateway is given is a container that listens there, and is checked there."""
    gateway = _environment("gateway")
    required = [each.metadata for each in fields(GatewaySettings) if each.metadata["default"] is REQUIRED]
    for each in required:
        host, port = gateway[each["name"]].removeprefix("http://").split(":")
        assert _environment(host)["CAUNOI_BIND"] == f"0.0.0.0:{port}"
        assert f"http://127.0.0.1:{port}/" in CONTAINERS[host]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("role", [role for role in NEEDED if role.kind in (Kind.WORKER, Kind.LOOP)], ids=str)
def test_roles_without_http_are_asked_by_the_command(role: Role) -> None:
    """Workers and relays are checked by their own sign of life."""
    assert CONTAINERS[role.name]["healthcheck"]["test"] == ["CMD", "caunoi", "health", role.name]


def test_there_are_no_default_passwords() -> None:
    """Every secret must be given, and .env.example names it without a value."""
    text = (ROOT / "docker-compose.yml").read_text()
    found = {name: kind for name, kind, _ in _VARIABLE.findall(text)}
    # Old keys are there only while one is changed for another; without a secret no report of a bounce is believed;
    # the OpenID provider's is there only with a provider.
    optional = {"CAUNOI_OLD_SECRET_KEYS", "CAUNOI_BOUNCE_SECRET", "CAUNOI_OIDC_CLIENT_SECRET"}
    secrets = {name for name in found if re.search("PASSWORD|SECRET|SMTP_URL", name)} - optional
    assert {found[name] for name in secrets} == {":?"}
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.M))
    assert set(example) == set(found)
    assert {name: example[name] for name, kind in found.items() if kind == ":?"} == dict.fromkeys(
        (name for name, kind in found.items() if kind == ":?"), ""
    )


def test_redis_keeps_what_it_is_given() -> None:
    """The append-only file is on and nothing is evicted."""
    command = CONTAINERS["redis"]["command"][-1]
    assert "--appendonly yes" in command and "--maxmemory-policy noeviction" in command


def test_every_service_gets_its_database() -> None:
    """The script that PostgreSQL runs first creates each, with its own password."""
    script = (ROOT / "deploy/databases.sh").read_text()
    for service in SERVICES:
        variable = f"{service.upper()}_DB_PASSWORD"
        assert f'create {service} "${variable}"' in script
        assert variable in CONTAINERS["postgres"]["environment"]


def test_data_outlive_the_containers() -> None:
    """PostgreSQL and Redis write to named volumes."""
    for name in ("postgres", "redis"):
        assert any(each.startswith(f"{name}:/") for each in CONTAINERS[name]["volumes"])
        assert name in COMPOSE["volumes"]
