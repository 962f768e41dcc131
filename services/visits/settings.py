"""Settings of the visits service."""

from dataclasses import dataclass

from services.visits.files.store import files_url
from shared.settings import EnvSettings, http_url, postgres_url, redis_url, secret, setting, whole


def _secrets(raw: str) -> tuple[str, ...]:
    """Several secrets, separated by commas."""
    return tuple(secret(each.strip()) for each in raw.split(","))


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
    secret_key: str = setting(
        "CAUNOI_SECRET_KEY", parse=secret, doc="At least 32 characters; seals who reported an issue"
    )
    old_secret_keys: tuple[str, ...] = setting(
        "CAUNOI_OLD_SECRET_KEYS",
        parse=_secrets,
        default=(),
        doc="Secret keys used before, separated by commas, until what they sealed is sealed anew",
    )
    files_url: str = setting(
        "CAUNOI_FILES_URL",
        parse=files_url,
        doc="Where uploaded files are kept: file:///path, or s3+https://key:secret@host/bucket",
    )
    max_file_mb: int = setting(
        "CAUNOI_MAX_FILE_MB", parse=whole, default=20, doc="The largest file that may be uploaded, in MiB"
    )

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secret in use, then those before it."""
        return (self.secret_key, *self.old_secret_keys)
