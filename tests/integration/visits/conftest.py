"""A visits service with a few places of Bến Tre, and a client of its API."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from services.visits.app import create_app
from services.visits.handlers import HANDLERS
from services.visits.settings import Settings
from shared.database import make_engine, make_sessions
from shared.messaging.events import NewEvent, read, write
from tests.support import facts
from tests.support.databases import Databases
from tests.support.servers import Servers
from tests.support.tokens import PUBLIC_URL, bearer, trust

PROVINCE, TOWN, DISTRICT = "83/", "83/829/", "83/834/"
BINH_PHU, MY_THANH = "83/829/28789/", "83/834/28993/"


@dataclass(frozen=True)
class Places:
    """Ids of what the tests report issues of."""

    units: dict[str, UUID]
    hamlet: UUID


def deliver(sessions: sessionmaker[Session], *facts_: NewEvent, times: int = 1) -> None:
    """Give facts of one type to their handler as one batch, each in a transaction as the consumer does."""
    events = [read(write(new.type.split(".")[2], new, None)[1]) for new in facts_]
    for _ in range(times):
        with sessions.begin() as session:
            HANDLERS[events[0].type](session, events)


def unit(path: str, name: str, level: str, version: int = 1, **changes: Any) -> NewEvent:
    """A unit of Bến Tre."""
    code = path.rstrip("/").rpartition("/")[2]
    return facts.unit_changed(version, path=path, name=name, level=level, code=code, **changes)


def settle(sessions: sessionmaker[Session]) -> Places:
    """Two communes in two districts of one province, and a hamlet of the first."""
    news = [
        unit(PROVINCE, "Tỉnh Bến Tre", "province", kind="tinh"),
        unit(TOWN, "Thành phố Bến Tre", "district", kind="thanh_pho"),
        unit(DISTRICT, "Huyện Giồng Trôm", "district", kind="huyen"),
        unit(BINH_PHU, "Xã Bình Phú", "commune"),
        unit(MY_THANH, "Xã Mỹ Thạnh", "commune"),
    ]
    deliver(sessions, *news)
    units = {new.data["path"]: new.data["unit_id"] for new in news}
    hamlet = facts.hamlet_changed(unit_id=units[BINH_PHU])
    deliver(sessions, hamlet)
    return Places(units, hamlet.data["hamlet_id"])


def report(**changes: Any) -> dict[str, Any]:
    """What is sent to report an issue."""
    return {
        "unit": "28789",
        "kind": "pressing",
        "category": "irrigation_salinity",
        "severity": "critical",
        "title": "Cống ngăn mặn bị hỏng",
        "description": "Nước mặn tràn vào kênh nội đồng.",
    } | changes


class Api:
    """A client of the visits API with a token for everything, or for what `at` and `scopes` say."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self._client, self._headers = client, headers

    def with_token(self, *, scopes: Sequence[str] | None = None, at: Sequence[str] = ("",)) -> "Api":
        """The same API, asked by somebody else."""
        return Api(self._client, bearer(scopes, at) if scopes is not None else bearer(territories=at))

    def get(self, path: str, **query: Any) -> Any:
        """GET below /api/visits/v1."""
        return self._client.get(f"/api/visits/v1{path}", query_string=query, headers=self._headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """POST below /api/visits/v1."""
        return self._client.post(f"/api/visits/v1{path}", json=body, headers=self._headers | headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        """PUT below /api/visits/v1."""
        return self._client.put(f"/api/visits/v1{path}", json=body, headers=self._headers | headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """PATCH below /api/visits/v1."""
        return self._client.patch(f"/api/visits/v1{path}", json=body, headers=self._headers | headers)

    def delete(self, path: str, **headers: str) -> Any:
        """DELETE below /api/visits/v1."""
        return self._client.delete(f"/api/visits/v1{path}", headers=self._headers | headers)

    def report(self, **changes: Any) -> dict[str, Any]:
        """Report an issue; the body of the answer."""
        answer = self.post("/issues", report(**changes))
        assert answer.status_code == 201, answer.json
        return answer.json

    def escalate(self, issue: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Escalate an issue; the body of the answer."""
        answer = self.post(f"/issues/{issue['id']}/escalations", {"reason": "Cần xử lý ngay"} | changes)
        assert answer.status_code == 201, answer.json
        return answer.json


@contextmanager
def serving(sessions: sessionmaker[Session]) -> Iterator[Api]:
    """The API over a database."""
    trust(sessions)
    url = sessions.kw["bind"].url.render_as_string(hide_password=False)
    with TemporaryDirectory() as files:
        settings = Settings(
            database_url=url,
            redis_url="redis://127.0.0.1:1/0",
            public_url=PUBLIC_URL,
            secret_key="tests-only-" + "x" * 32,
            old_secret_keys=(),
            files_url=f"file://{files}/files",
            max_file_mb=2,
        )
        app = create_app(settings)
        yield Api(app.test_client(), bearer())
        app.sessions.kw["bind"].dispose()


@pytest.fixture
def places(visits_db: sessionmaker[Session]) -> Places:
    """The places of a database of the test's own."""
    return settle(visits_db)


@pytest.fixture
def api(visits_db: sessionmaker[Session]) -> Iterator[Api]:
    """The API over a database of the test's own."""
    with serving(visits_db) as api:
        yield api


@dataclass(frozen=True)
class Standing:
    """A service that many tests use, each of which only reads or only fails."""

    api: Api
    places: Places
    sessions: sessionmaker[Session]


@pytest.fixture(scope="module")
def standing(servers: Servers) -> Iterator[Standing]:
    """Made once for a file."""
    databases = Databases(servers)
    engine = make_engine(databases.fresh("visits"), application_name="test-visits")
    sessions = make_sessions(engine)
    with serving(sessions) as api:
        yield Standing(api, settle(sessions), sessions)
    engine.dispose()
    databases.drop_all()
