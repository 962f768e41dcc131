"""The assignments API on a fresh database that holds the units of Bến Tre before the reform."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from services.assignments.app import create_app
from services.assignments.settings import Settings
from services.assignments.units.importer import import_units
from shared.web.service import ServiceApp
from tests.support.databases import Databases
from tests.support.tokens import PUBLIC_URL, bearer, trust

DATA = Path(__file__).resolve().parents[3] / "data"
COUNTRY = DATA / "units-2025-06-30.csv"
V1 = "/api/assignments/v1"
SECRET_KEY = "a secret of the tests, longer than 32"


@pytest.fixture(scope="session")
def ben_tre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the province's 158 units."""
    header, *lines = COUNTRY.read_text(encoding="utf-8").splitlines()
    districts = {line.split(",")[0] for line in lines if line.split(",")[4] == "83"}
    chosen = [line for line in lines if line.startswith("83,") or line.split(",")[4] in {"83", *districts}]
    path = tmp_path_factory.mktemp("units") / "ben-tre.csv"
    path.write_text("\n".join([header, *chosen]) + "\n", encoding="utf-8")
    return path


@contextmanager
def application(databases: Databases, units: Path, **more: str) -> Iterator[ServiceApp]:
    """The application on a fresh database with these 158 units; the tests' tokens are trusted. `more`: settings."""
    settings = Settings.from_env(
        {
            "CAUNOI_ASSIGNMENTS_DATABASE_URL": databases.fresh("assignments"),
            "CAUNOI_REDIS_URL": "redis://nowhere.example:1/0",
            "CAUNOI_PUBLIC_URL": PUBLIC_URL,
            "CAUNOI_SECRET_KEY": SECRET_KEY,
            "CAUNOI_TOKEN_RATE": "20",
            "CAUNOI_SIGN_IN_RATE": "1000",
        }
        | more
    )
    made = create_app(settings)
    trust(made.sessions)
    with made.sessions.begin() as session:
        assert import_units(session, units).created == 158
    yield made
    bind = made.sessions.kw["bind"]
    assert isinstance(bind, Engine)
    bind.dispose()


@pytest.fixture
def app(databases: Databases, ben_tre: Path) -> Iterator[ServiceApp]:
    """The application, on a database of its own."""
    with application(databases, ben_tre) as made:
        yield made


@pytest.fixture
def sessions(app: ServiceApp) -> sessionmaker[Session]:
    """Sessions on the application's database."""
    return app.sessions


@pytest.fixture
def reformed(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    """The units of Bến Tre end on 1 July 2025, those of the new Vĩnh Long are there from then on: no districts."""
    header, *lines = (DATA / "units-2025-07-01.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "vinh-long.csv"
    chosen = [line for line in lines if line.startswith("86,") or line.split(",")[4] == "86"]
    path.write_text("\n".join([header, *chosen]) + "\n", encoding="utf-8")
    with sessions.begin() as session:
        session.connection().exec_driver_sql("UPDATE units SET valid_to = '2025-07-01'")
        assert import_units(session, path).created == 125


class Api:
    """A client of the API with one token."""

    def __init__(self, client: FlaskClient, **token: Any) -> None:
        self.client = client
        self.headers = bearer(**token)

    def __call__(self, method: str, path: str, json: Any = None, **headers: str) -> TestResponse:
        return self.client.open(V1 + path, method=method, json=json, headers=self.headers | headers)

    def get(self, path: str) -> TestResponse:
        """GET."""
        return self("GET", path)

    def post(self, path: str, json: Any, **headers: str) -> TestResponse:
        """POST."""
        return self("POST", path, json, **headers)

    def made(self, path: str, **json: Any) -> dict[str, Any]:
        """POST what must succeed; returns the new record."""
        answer = self.post(path, json)
        assert answer.status_code == 201, answer.text
        return dict(answer.json or {})

    def items(self, path: str) -> list[dict[str, Any]]:
        """The items of a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return list((answer.json or {})["items"])


@pytest.fixture
def api_with(app: ServiceApp) -> Callable[..., Api]:
    """Makes clients of the API whose tokens have these scopes and territories."""
    return lambda **token: Api(app.test_client(), **token)


@pytest.fixture
def api(api_with: Callable[..., Api]) -> Api:
    """A client that may do everything everywhere."""
    return api_with()


class Desk:
    """What a coordinator does, in one word each."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._numbers = count(1)

    def official(self, name: str | None = None, **more: Any) -> dict[str, Any]:
        """A new official."""
        name = name or f"Nguyễn Văn Số {next(self._numbers)}"
        given = {"full_name": name, "given_name": name.split()[-1], "unit": "83", "valid": None} | more
        given.pop("valid")
        return self.api.made("/officials", **given)

    def assign(self, official: dict[str, Any], post: str, since: str = "2020-01-01", **more: Any) -> dict[str, Any]:
        """Let an official hold a post."""
        given = {"official": official["id"], "post": post, "valid_from": since, "legal_basis": "Quyết định 182"}
        return self.api.made("/assignments", **given, **more)

    def holder(self, post: str, name: str | None = None, **place: Any) -> dict[str, Any]:
        """A new official who holds a post since 2020."""
        official = self.official(name)
        self.assign(official, post, **place)
        return official

    def cluster(self, *communes: str, district: str = "834", name: str = "Tiểu vùng 1") -> dict[str, Any]:
        """A cluster of Giồng Trôm since 2020."""
        return self.api.made(
            "/clusters", district=district, name=name, communes=list(communes), valid_from="2020-01-01"
        )


@pytest.fixture
def desk(api: Api) -> Desk:
    """The coordinator's desk."""
    return Desk(api)
