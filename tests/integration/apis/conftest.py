"""The three services as Flask applications over fresh databases, with one escalated issue that went all the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from services.assignments import settings as assignments_settings
from services.assignments.app import create_app as assignments_app
from services.notifications import settings as notifications_settings
from services.notifications.app import create_app as notifications_app
from services.visits import settings as visits_settings
from services.visits.app import create_app as visits_app
from shared.web.service import ServiceApp
from tests.support import tokens
from tests.support.databases import Databases
from tests.support.servers import Servers
from tests.support.system import System

ENVIRONMENT = {
    "CAUNOI_REDIS_URL": "redis://127.0.0.1:1/0",  # nobody listens there: no request may need Redis
    "CAUNOI_PUBLIC_URL": tokens.PUBLIC_URL,
    "CAUNOI_SECRET_KEY": "tests-only-" + "x" * 32,
    "CAUNOI_SMTP_URL": "smtp://127.0.0.1:1",
}

UNITS = """code,name,kind,level,parent_code,latitude,longitude
83,Tỉnh Bến Tre,tinh,province,,10.108155,106.440587
829,Thành phố Bến Tre,thanh_pho,district,83,10.243356,106.375551
28789,Xã Bình Phú,xa,commune,829,10.2,106.3
86,Tỉnh Vĩnh Long,tinh,province,,10.2,105.9
855,Thành phố Vĩnh Long,thanh_pho,district,86,10.2,105.9
29542,Phường 9,phuong,commune,855,10.2,105.9
"""


@dataclass
class Apis:
    """The applications, what joins them, and the ids of what was made."""

    apps: dict[str, ServiceApp]
    system: System
    made: dict[str, str]

    def client(self, service: str) -> FlaskClient:
        """A test client of a service."""
        return self.apps[service].test_client()

    def call(
        self, service: str, method: str, path: str, *, territories: tuple[str, ...] = ("",), **kwargs: Any
    ) -> Any:
        """A request below /api/SERVICE/v1 with a token of all scopes."""
        headers = tokens.bearer(territories=territories) | kwargs.pop("headers", {})
        return self.client(service).open(f"/api/{service}/v1{path}", method=method, headers=headers, **kwargs)

    def create(self, service: str, path: str, body: dict[str, Any]) -> str:
        """Create something; its id."""
        answer = self.call(service, "POST", path, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])


@pytest.fixture(scope="session")
def apis(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apis]:
    """Made once for all tests that only read or only fail."""
    databases = Databases(servers)
    apps: dict[str, ServiceApp] = {}
    for service, settings, create_app in (
        ("assignments", assignments_settings, assignments_app),
        ("visits", visits_settings, visits_app),
        ("notifications", notifications_settings, notifications_app),
    ):
        url = {f"CAUNOI_{service.upper()}_DATABASE_URL": databases.fresh(service)}
        apps[service] = create_app(settings.Settings.from_env(ENVIRONMENT | url))  # type: ignore[attr-defined]
        tokens.trust(apps[service].sessions)
    system = System({name: app.sessions for name, app in apps.items()})
    made = Apis(apps, system, {})
    file = tmp_path_factory.mktemp("units") / "units.csv"
    file.write_text(UNITS)
    _populate(made, file)
    yield made
    system.dispose()
    databases.drop_all()


def _populate(apis: Apis, units: Any) -> None:
    from services.assignments.units.importer import import_units

    with apis.system.sessions["assignments"].begin() as session:
        report = import_units(session, units)
        assert report.errors == [] and report.created == 6
        ids = {row.code: row.id for row in session.execute(text("SELECT code, id::text AS id FROM units"))}
    made = apis.made
    made |= {"unit_id": ids["28789"], "province_id": ids["83"]}
    made["hamlet_id"] = apis.create("assignments", "/hamlets", {"name": "Ấp 1", "unit": "28789", **SINCE})
    person = {"full_name": "Nguyễn Thị Hồng Đào", "given_name": "Đào", "email": "dao@bentre.example", "unit": "83"}
    made["official_id"] = apis.create("assignments", "/officials", person)
    made["cluster_id"] = apis.create(
        "assignments", "/clusters", {"name": "Tiểu vùng 1", "district": "829", "communes": ["28789"], **SINCE}
    )
    follows = {"official": made["official_id"], "post": "commune_follower", "unit": "28789", **SINCE}
    basis = {"legal_basis": "Quyết định 182-QĐ/TU"}
    made["assignment_id"] = apis.create("assignments", "/assignments", follows | basis)
    apis.system.drain()
    issue = {"unit": "28789", "kind": "pressing", "category": "water", "severity": "high"}
    words = {"title": "Mất nước", "description": "Ba ngày không có nước.", "reporter": {"name": "Bà Tư"}}
    made["issue"] = apis.create("visits", "/issues", issue | words)
    apis.create("visits", f"/issues/{made['issue']}/escalations", {"reason": "Cần xe bồn ngay."})
    apis.system.drain()
    answer = apis.call("notifications", "GET", f"/inbox?official={made['official_id']}")
    assert answer.status_code == 200, answer.text
    made["notification_id"] = answer.json["items"][0]["id"]


SINCE = {"valid_from": "2020-01-01"}
