"""A portal before services that answer what a test wants."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from services.portal.app import create_app
from services.portal.client import Answer, Api
from services.portal.settings import Settings

Asked = list[tuple[Any, ...]]
Answering = Callable[[str, str], Answer]


@pytest.fixture
def asked() -> Asked:
    """What the portal asked the services."""
    return []


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch, asked: Asked) -> Callable[[Answering], FlaskClient]:
    """Makes a client of a portal whose services answer with a function of method and path."""

    def make(answer: Answering) -> FlaskClient:
        def ask(self: Api, method: str, path: str, timeout: float, body: bytes | None = None, *_: str) -> Answer:
            path = path.removeprefix(f"/api/{self.service}/v1")
            asked.append((method, path) if body is None else (method, path, orjson.loads(body)))
            return answer(method, path)

        monkeypatch.setattr(Api, "_ask", ask)
        nobody = "unix:/nobody.sock"
        names = ("ASSIGNMENTS", "VISITS", "NOTIFICATIONS")
        environ = {f"CAUNOI_{name}_API_URL": nobody for name in names} | {"CAUNOI_MAILBOX_URL": nobody}
        return create_app(Settings.from_env(environ)).test_client()

    return make
