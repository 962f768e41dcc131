"""Settings of the visits service."""

from dataclasses import dataclass

from shared.settings import EnvSettings, http_url, postgres_url, redis_url, setting


@dataclass(frozen=True, kw_only=True)
class Settings(EnvSettings):
    """What the API, the worker and the relay of visits are started with."""

    database_url: str = setting(
        "CAUNOI_VISITS_DATABASE_URL",
        parse=postgres_url,
        doc="PostgreSQL database of the visits service: postgresql://user:password@host:port/database",
    )
    redis_url: str = setting(
        "CAUNOI_REDIS_URL", parse=redis_url, doc="Redis that carries wake-ups: redis://host:port/0"
    )
    public_url: str = setting(
        "CAUNOI_PUBLIC_URL",
        parse=http_url,
        doc="Where people and programs reach the system: https://caunoi.example",
    )
