"""The three services as Flask applications over fresh databases, with one escalated issue that went all the way."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from services.assignments import settings as assignments_settings
from services.assignments.app import create_app as assignments_app
from services.notifications import settings as notifications_settings
from services.notifications.app import create_app as notifications_app
from services.notifications.directives.expanding import expand
from services.visits import settings as visits_settings
from services.visits.app import create_app as visits_app
from shared import clock
from shared.web.service import ServiceApp
from tests.support import papers, tokens
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


@contextmanager
def applications(databases: Databases, files: Path = Path("/nonexistent")) -> Iterator[Apis]:
    """The three applications over fresh databases, uploads below `files`; the tests' tokens are trusted."""
    apps: dict[str, ServiceApp] = {}
    for service, settings, create_app in (
        ("assignments", assignments_settings, assignments_app),
        ("visits", visits_settings, visits_app),
        ("notifications", notifications_settings, notifications_app),
    ):
        url = {
            f"CAUNOI_{service.upper()}_DATABASE_URL": databases.fresh(service),
            "CAUNOI_FILES_URL": files.as_uri(),
        }
        apps[service] = create_app(settings.Settings.from_env(ENVIRONMENT | url))  # type: ignore[attr-defined]
        tokens.trust(apps[service].sessions)
    system = System({name: app.sessions for name, app in apps.items()})
    yield Apis(apps, system, {})
    system.dispose()


@pytest.fixture(scope="session")
def apis(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apis]:
    """Made once for all tests that only read or only fail."""
    databases = Databases(servers)
    file = tmp_path_factory.mktemp("units") / "units.csv"
    file.write_text(UNITS)
    with applications(databases, file.parent) as made:
        _populate(made, file)
        yield made
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
    paper = {"number": "182-QĐ/TU", "issuer": "Tỉnh ủy", "issued_on": "2016-03-14", "title": "Quyết định phân công"}
    made["document_id"] = apis.create("assignments", "/documents", paper | {"unit": "83"})
    away = {
        "official": made["official_id"],
        "valid_from": "2019-03-02",
        "valid_to": "2019-03-16",
        "reason": "study",
    }
    made["absence_id"] = apis.create("assignments", "/absences", away)
    review = {"name": "Rà soát", "unit": "83", "posts": ["commune_follower"], "deadline": "2998-01-01"}
    made["campaign_id"] = apis.create("assignments", "/reviews", review | basis | {"effective_on": "2999-01-01"})
    made |= {"post": "commune_follower", "charge_code": "visit"}
    sheet = {"kind": "officials", "file": (io.BytesIO(b"staff_code;full_name\nBT-1;A"), "officials.csv")}
    answer = apis.call("assignments", "POST", "/imports", data=sheet, content_type="multipart/form-data")
    assert answer.status_code == 202, answer.text
    made |= {"import_id": answer.json["id"], "sheet_kind": "officials"}
    role = {"official": made["official_id"], "role": "auditor", "unit": "83", "source": "Quyết định 15"}
    made["grant_id"] = apis.create("assignments", "/role-grants", role | SINCE)
    apis.system.drain()
    made |= {"activity": "visit", "threshold": "silent_commune"}
    rest = {"first_day": "2020-03-02", "last_day": "2020-03-31", "reason": "Đi học"}
    made["excusal_id"] = apis.create(
        "visits", "/excusals", {"official": made["official_id"], "unit": "28789"} | rest
    )
    rating = {"official": made["official_id"], "unit": "28789", "month": "2020-03", "score": 4}
    made["rating_id"] = apis.create("visits", "/cooperation-ratings", rating)
    issue = {"unit": "28789", "kind": "pressing", "category": "water", "severity": "high"}
    words = {"title": "Mất nước", "description": "Ba ngày không có nước.", "reporter": {"name": "Bà Tư"}}
    made["issue"] = apis.create("visits", "/issues", issue | words)
    made |= _written(apis)
    made |= _visited(apis)
    made |= _said(apis)
    upload = {"unit": "28789", "file": (io.BytesIO(papers.picture("PNG")), "ảnh.png")}
    answer = apis.call("visits", "POST", "/files", data=upload, content_type="multipart/form-data")
    assert answer.status_code == 201, answer.text
    made["file_id"] = answer.json["id"]
    made["reorganisation_id"] = apis.create("assignments", "/reorganisations", {})
    items = apis.call("assignments", "GET", f"/reorganisations/{made['reorganisation_id']}/items?kind=unit").json
    made["item_id"] = items["items"][0]["id"]
    apis.create("visits", f"/issues/{made['issue']}/escalations", {"reason": "Cần xe bồn ngay."})
    apis.system.drain()
    answer = apis.call("notifications", "GET", f"/inbox?official={made['official_id']}")
    assert answer.status_code == 200, answer.text
    made["notification_id"] = answer.json["items"][0]["id"]
    again = {"ids": [made["notification_id"]], "dry_run": False, "reason": "Máy chủ thư đã hoạt động lại."}
    answer = apis.call("notifications", "POST", "/replays", json=again)
    assert answer.status_code == 200, answer.text
    made["replay_id"] = answer.json["replay"]["id"]
    everybody = {"official": None, "url": "https://nhan.bentre.example/cau-noi"}
    with apis.system.sessions["notifications"].begin() as session:
        made["suppression_id"] = session.scalar(
            text(
                "INSERT INTO suppressions (id, address, trouble, detail, since, version) "
                "VALUES (uuidv7(), 'ai@bentre.example', 'bounced', '5.1.1', now(), 1) RETURNING CAST(id AS text)"
            )
        )
    made["endpoint_id"] = apis.create("notifications", "/webhooks", everybody)
    made |= _directed(apis)
    not_mine = {"answer": "declined", "reason": "Tôi đã chuyển công tác."}
    path = f"/notifications/{made['notification_id']}/answers"
    assert apis.call("notifications", "POST", path, json=not_mine).status_code == 200
    apis.system.drain()
    made["doubt_id"] = apis.call("assignments", "GET", "/assignment-doubts").json["items"][0]["id"]


def _written(apis: Apis) -> dict[str, str]:
    """A report, a question and support of the commune."""
    official = {"official": apis.made["official_id"], "unit": "28789"}
    gift = {"kind": "money", "amount": 5_000_000, "purpose": "gifts", "given_on": "2026-03-02"}
    sponsor = {"sponsor": {"name": "Bà Tư", "kind": "individual"}}
    question = {"question": "Bao nhiêu hộ thiếu nước?"}
    return {
        "contribution_id": apis.create("visits", "/support", official | gift | sponsor),
        "report_id": apis.create("visits", "/reports", official | {"period": "month"}),
        "request_id": apis.create("visits", "/information-requests", official | question),
        "purpose_code": "gifts",
        "section_code": "proposals",
        "period": "month",
    }


def _visited(apis: Apis) -> dict[str, str]:
    """A visit to the commune, feedback, and the official's calendar."""
    official = {"official": apis.made["official_id"]}
    begins = clock.now() + timedelta(days=1)
    times = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=2)).isoformat()}
    visit = {"unit": "28789", "purpose": "inspection", "subject": "Xem cống"}
    said = {"form": "formal", "text": "Cống số 2 chưa sửa xong.", "confirm_general": True}
    made = {"visit_id": apis.create("visits", "/visits", official | visit | times)}
    return made | {
        "feedback_id": apis.create("visits", "/feedback", official | said | {"visit": made["visit_id"]}),
        "feed_id": apis.create("visits", "/calendar-feeds", official),
        "visit_purpose": "inspection",
        "wording_rule": "too_short",
    }


def _said(apis: Apis) -> dict[str, str]:
    """A comment, a link and a proposal on the issue, which somebody watches."""
    issue, official = apis.made["issue"], apis.made["official_id"]
    person = {"full_name": "Lê Văn Bảy", "given_name": "Bảy", "email": "bay@bentre.example", "unit": "83"}
    other = apis.create("assignments", "/officials", person)
    apis.system.drain()
    paper = {"kind": "document", "number": "12/TB-UBND", "title": "Thông báo"}
    wish = {"title": "Xây cống mới", "text": "Kính đề nghị bố trí vốn.", "addressee_level": "province"}
    assert apis.call("visits", "PUT", f"/issues/{issue}/watchers/{official}").status_code == 200
    return {
        "comment_id": apis.create("visits", f"/issues/{issue}/comments", {"text": "Đã xuống xem."}),
        "link_id": apis.create("visits", f"/issues/{issue}/links", paper),
        "proposal_id": apis.create(
            "visits", "/proposals", wish | {"issues": [issue], "official": official, "cosigners": [other]}
        ),
    }


def _directed(apis: Apis) -> dict[str, str]:
    """A directive with a file, told to everybody."""
    file = {"name": "Công văn.txt", "content": base64.b64encode("Truyền đạt".encode()).decode()}
    given = {
        "unit": "829",
        "issuer": "Thành ủy",
        "title": "Hạn mặn",
        "body": "Đề nghị truyền đạt.",
        "files": [file],
    }
    made = apis.call("notifications", "POST", "/directives", json=given)
    assert made.status_code == 201, made.text
    expand(apis.system.sessions["notifications"])
    return {"directive_id": made.json["id"]}


SINCE = {"valid_from": "2020-01-01"}
