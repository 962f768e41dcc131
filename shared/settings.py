"""Settings are environment variables, read once at the edge into a frozen dataclass."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self
from urllib.parse import urlsplit

REQUIRED: Any = object()


class SettingsError(Exception):
    """The environment does not hold what is needed to start; lists every fault at once."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("Settings missing or wrong:\n" + "\n".join(f"  {fault}" for fault in faults))


def setting(name: str, *, parse: Callable[[str], Any] = str, default: Any = REQUIRED, doc: str) -> Any:
    """A dataclass field read from the variable `name`; `parse` raises ValueError with the reason."""
    return field(metadata={"name": name, "parse": parse, "default": default, "doc": doc})


@dataclass(frozen=True, kw_only=True)
class EnvSettings:
    """Base of every service's settings."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read all variables; raises SettingsError naming every missing or wrong one."""
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        faults: list[str] = []
        for each in fields(cls):
            meta = each.metadata
            raw = environ.get(meta["name"], "")
            if not raw and meta["default"] is not REQUIRED:
                values[each.name] = meta["default"]
            elif not raw:
                faults.append(f"{meta['name']} is missing: {meta['doc']}")
            else:
                try:
                    values[each.name] = meta["parse"](raw)
                except ValueError as error:
                    faults.append(f"{meta['name']} is wrong: {error}")
        if faults:
            raise SettingsError(faults)
        return cls(**values)


def postgres_url(raw: str) -> str:
    """A SQLAlchemy URL of PostgreSQL through psycopg 3."""
    url = raw.replace("postgres://", "postgresql://", 1) if raw.startswith("postgres://") else raw
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith("postgresql+psycopg://"):
        raise ValueError("expected postgresql://user:password@host:port/database")
    return url


def redis_url(raw: str) -> str:
    """A Redis URL as Celery takes it: redis://, rediss:// or redis+socket:///path."""
    if urlsplit(raw).scheme not in ("redis", "rediss", "redis+socket"):
        raise ValueError("expected redis://host:port/0 or redis+socket:///path")
    return raw


def http_url(raw: str) -> str:
    """An http(s) URL without a trailing slash."""
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("expected http://host or https://host")
    return raw.rstrip("/")


def secret(raw: str) -> str:
    """A secret of at least 32 characters."""
    if len(raw) < 32:
        raise ValueError("expected at least 32 characters")
    return raw


def positive(raw: str) -> float:
    """A number above zero."""
    value = float(raw)
    if not value > 0:
        raise ValueError("expected a number above zero")
    return value


def whole(raw: str) -> int:
    """A whole number above zero."""
    value = int(raw)
    if value <= 0:
        raise ValueError("expected a whole number above zero")
    return value
