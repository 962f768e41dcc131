"""Settings of what this package itself runs: the system as a whole, the gateway, the mailbox."""

import os
from dataclasses import dataclass
from pathlib import Path

from shared.settings import EnvSettings, http_url, postgres_url, redis_url, secret, setting, whole


def default_home() -> Path:
    """Where data goes unless CAUNOI_HOME says otherwise."""
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "caunoi"


def upstream(raw: str) -> str:
    """The address of a server: http://host:port or unix:/path."""
    if raw.startswith("unix:/"):
        return raw
    try:
        return http_url(raw)
    except ValueError:
        raise ValueError("expected http://host:port or unix:/path") from None


def port(raw: str) -> int:
    """A TCP port; 0 takes any free one."""
    value = int(raw)
    if not 0 <= value <= 65535:
        raise ValueError("expected a port between 0 and 65535")
    return value


def flag(raw: str) -> bool:
    """1 or 0."""
    if raw not in ("0", "1"):
        raise ValueError("expected 1 or 0")
    return raw == "1"


@dataclass(frozen=True, kw_only=True)
class UpSettings(EnvSettings):
    """What `caunoi up` is started with. Whatever server is not named here is started embedded."""

    home: str | None = setting(
        "CAUNOI_HOME",
        default=None,
        doc="The data directory of the embedded servers, logs and generated secrets (~/.local/share/caunoi)",
    )
    host: str = setting("CAUNOI_HOST", default="127.0.0.1", doc="The address to listen on")
    port: int = setting("CAUNOI_PORT", parse=port, default=8080, doc="The port to listen on; 0: any free one")
    redis_url: str | None = setting(
        "CAUNOI_REDIS_URL", parse=redis_url, default=None, doc="Redis that carries wake-ups: redis://host:port/0"
    )
    assignments_database_url: str | None = setting(
        "CAUNOI_ASSIGNMENTS_DATABASE_URL", parse=postgres_url, default=None, doc="Database of assignments"
    )
    visits_database_url: str | None = setting(
        "CAUNOI_VISITS_DATABASE_URL", parse=postgres_url, default=None, doc="Database of visits"
    )
    notifications_database_url: str | None = setting(
        "CAUNOI_NOTIFICATIONS_DATABASE_URL", parse=postgres_url, default=None, doc="Database of notifications"
    )
    files_url: str | None = setting(
        "CAUNOI_FILES_URL", default=None, doc="Where uploaded files are kept; none: the data directory"
    )
    smtp_url: str | None = setting(
        "CAUNOI_SMTP_URL", default=None, doc="The SMTP server that sends the mail; none: the built-in mailbox"
    )
    public_url: str | None = setting(
        "CAUNOI_PUBLIC_URL", parse=http_url, default=None, doc="The address that users reach the system at"
    )
    secret_key: str | None = setting(
        "CAUNOI_SECRET_KEY", parse=secret, default=None, doc="Signs links and sessions; at least 32 characters"
    )

    def database_url(self, service: str) -> str | None:
        """The database given for a service, if one is."""
        url: str | None = getattr(self, f"{service}_database_url")
        return url


@dataclass(frozen=True, kw_only=True)
class WebSettings(EnvSettings):
    """What a role that serves HTTP by itself is started with."""

    bind: str = setting(
        "CAUNOI_BIND", default="127.0.0.1:8000", doc="Where one role listens: host:port or unix:/path"
    )
    web_workers: int = setting(
        "CAUNOI_WEB_WORKERS", parse=whole, default=2, doc="Processes of each API and of the portal"
    )


@dataclass(frozen=True, kw_only=True)
class GatewaySettings(EnvSettings):
    """What the gateway is started with."""

    assignments_url: str = setting(
        "CAUNOI_ASSIGNMENTS_API_URL", parse=upstream, doc="The assignments API: http://host:port or unix:/path"
    )
    visits_url: str = setting(
        "CAUNOI_VISITS_API_URL", parse=upstream, doc="The visits API: http://host:port or unix:/path"
    )
    notifications_url: str = setting(
        "CAUNOI_NOTIFICATIONS_API_URL",
        parse=upstream,
        doc="The notifications API: http://host:port or unix:/path",
    )
    portal_url: str = setting("CAUNOI_PORTAL_URL", parse=upstream, doc="The portal: http://host:port or unix:/path")
    mailbox_url: str | None = setting(
        "CAUNOI_MAILBOX_URL", parse=upstream, default=None, doc="The built-in mailbox, where it runs"
    )
    max_file_mb: int = setting(
        "CAUNOI_MAX_FILE_MB", parse=whole, default=20, doc="The largest file that may be uploaded, in MiB"
    )
    trust_forwarded: bool = setting(
        "CAUNOI_TRUST_FORWARDED",
        parse=flag,
        default=False,
        doc="1: believe X-Forwarded-* of requests, for a gateway that only another proxy can reach",
    )


def log_level(raw: str) -> str:
    """The name of a level."""
    if raw.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("expected DEBUG, INFO, WARNING or ERROR")
    return raw.upper()


@dataclass(frozen=True, kw_only=True)
class LogSettings(EnvSettings):
    """How much every role says."""

    level: str = setting("CAUNOI_LOG_LEVEL", parse=log_level, default="INFO", doc="DEBUG, INFO, WARNING or ERROR")
