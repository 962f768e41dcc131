"""Settings are read once and complain once, about everything."""

from dataclasses import dataclass

import pytest

from shared.settings import EnvSettings, SettingsError, http_url, positive, postgres_url, redis_url, secret, setting


@dataclass(frozen=True, kw_only=True)
class Example(EnvSettings):
    """Three settings."""

    url: str = setting("CAUNOI_X_URL", parse=postgres_url, doc="where the rows are")
    seconds: float = setting("CAUNOI_X_SECONDS", parse=positive, default=5.0, doc="how long to wait")
    name: str = setting("CAUNOI_X_NAME", doc="who we are")


def test_all_faults_are_told_at_once() -> None:
    """Every missing and every wrong variable is named in one message."""
    with pytest.raises(SettingsError) as failure:
        Example.from_env({"CAUNOI_X_URL": "mysql://x", "CAUNOI_X_SECONDS": "-1"})
    message = str(failure.value)
    for name in ("CAUNOI_X_URL is wrong", "CAUNOI_X_SECONDS is wrong", "CAUNOI_X_NAME is missing"):
        assert name in message


def test_defaults_and_values() -> None:
    """An empty variable means its default; a PostgreSQL URL gets its driver."""
    read = Example.from_env({"CAUNOI_X_URL": "postgresql://h/d", "CAUNOI_X_NAME": "n", "CAUNOI_X_SECONDS": ""})
    assert (read.url, read.seconds, read.name) == ("postgresql+psycopg://h/d", 5.0, "n")


@pytest.mark.parametrize(
    ("parse", "wrong"),
    [(redis_url, "http://x"), (http_url, "x"), (http_url, "ftp://x"), (secret, "short"), (positive, "x")],
)
def test_wrong_values_are_refused(parse: object, wrong: str) -> None:
    """Each parser refuses what is not of its kind."""
    with pytest.raises(ValueError):
        parse(wrong)  # type: ignore[operator]
