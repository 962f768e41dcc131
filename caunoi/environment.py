"""The environment that every role of one system is started with."""

import os

from caunoi.embedded.postgres import Postgres
from caunoi.embedded.redis import Redis
from caunoi.home import Home
from caunoi.roles import SERVICES
from caunoi.settings import UpSettings


def database(service: str) -> str:
    """The name of a service's database on the embedded server."""
    return f"caunoi_{service}"


def embedded_postgres(settings: UpSettings, home: Home) -> Postgres | None:
    """The embedded server, if a service has no database given."""
    if all(settings.database_url(service) for service in SERVICES):
        return None
    return Postgres(home.postgres, home.sockets(), home.log("postgres"))


def embedded_redis(settings: UpSettings, home: Home) -> Redis | None:
    """The embedded server, unless another is given."""
    return None if settings.redis_url else Redis(home.redis, home.sockets(), home.log("redis"))


def socket_url(home: Home, role: str) -> str:
    """Where a role that serves HTTP listens inside the system."""
    return f"unix:{home.sockets()}/{role}.sock"


def of_servers(settings: UpSettings, home: Home) -> dict[str, str]:
    """What commands need that work on the data: databases, Redis, the secret key."""
    postgres, redis = embedded_postgres(settings, home), embedded_redis(settings, home)
    found = {
        "CAUNOI_HOME": str(home.path),
        "CAUNOI_SECRET_KEY": settings.secret_key or home.secret("secret-key"),
        "CAUNOI_REDIS_URL": settings.redis_url or (redis.url if redis else ""),
        "CAUNOI_FILES_URL": settings.files_url or home.files.as_uri(),
    }
    for service in SERVICES:
        url = settings.database_url(service) or (postgres.url(database(service)) if postgres else "")
        found[f"CAUNOI_{service.upper()}_DATABASE_URL"] = url
    return found


def of_system(settings: UpSettings, home: Home, url: str, smtp_port: int | None) -> dict[str, str]:
    """What the roles need: the servers, one another, and the address shown to users."""
    found = of_servers(settings, home)
    found["CAUNOI_PUBLIC_URL"] = settings.public_url or url
    for service in SERVICES:
        found[f"CAUNOI_{service.upper()}_API_URL"] = socket_url(home, f"{service}-api")
    found["CAUNOI_PORTAL_URL"] = socket_url(home, "portal")
    if smtp_port:
        found["CAUNOI_SMTP_URL"] = f"smtp://127.0.0.1:{smtp_port}"
        found["CAUNOI_MAILBOX_URL"] = socket_url(home, "mailbox")
    return found


def apply(environment: dict[str, str]) -> None:
    """Make it this process's own, for the services' settings to be read from."""
    os.environ.update(environment)


def forget() -> dict[str, str]:
    """Drop every setting from this process's environment; returns what is left, for a child."""
    for name in [name for name in os.environ if name.startswith("CAUNOI_")]:
        del os.environ[name]
    return dict(os.environ)


def database_url(service: str) -> str:
    """The database of a service, once `apply` or the user has put it there."""
    return os.environ[f"CAUNOI_{service.upper()}_DATABASE_URL"]


def public_url() -> str:
    """The address users reach the system at, as far as a command knows."""
    return os.environ.get("CAUNOI_PUBLIC_URL") or "http://127.0.0.1:8080"


def secret_key() -> str:
    """The secret key, likewise."""
    return os.environ["CAUNOI_SECRET_KEY"]
