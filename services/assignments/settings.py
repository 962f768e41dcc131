"""Settings of the assignments service."""

from dataclasses import dataclass

from shared.settings import EnvSettings, http_url, postgres_url, redis_url, secret, setting, whole


@dataclass(frozen=True, kw_only=True)
class Settings(EnvSettings):
    """What the API, the worker and the relay of assignments are started with."""

    database_url: str = setting(
        "CAUNOI_ASSIGNMENTS_DATABASE_URL",
        parse=postgres_url,
        doc="PostgreSQL database of the assignments service: postgresql://user:password@host:port/database",
    )
    redis_url: str = setting(
        "CAUNOI_REDIS_URL", parse=redis_url, doc="Redis that carries wake-ups: redis://host:port/0"
    )
    public_url: str = setting(
        "CAUNOI_PUBLIC_URL", parse=http_url, doc="Where users reach the system: https://caunoi.example"
    )
    secret_key: str = setting(
        "CAUNOI_SECRET_KEY", parse=secret, doc="At least 32 characters; seals the keys that sign access tokens"
    )
    token_rate: int = setting(
        "CAUNOI_TOKEN_RATE", parse=whole, default=120, doc="Token requests allowed a minute, per client and address"
    )
