"""The portal with real assignments and notifications behind it, and an administrator of the country."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import text

from services.assignments.accounts.actions import invite
from services.assignments.app import create_app as assignments_app
from services.assignments.officials.model import Official
from services.assignments.roles.actions import grant
from services.assignments.settings import Settings as AssignmentsSettings
from services.notifications.app import create_app as notifications_app
from services.notifications.handlers import HANDLERS
from services.notifications.settings import Settings
from services.portal.app import create_app as portal_app
from services.portal.settings import Settings as PortalSettings
from shared.ids import uuid7
from shared.messaging.events import read
from shared.web.service import ServiceApp
from tests.e2e.conftest import serve
from tests.support.databases import Databases
from tests.support.places import province

EMAIL, PASSWORD = "dao.nguyen@bentre.example", "bốn chiếc thuyền xuôi dòng"


@dataclass
class Office:
    """A running portal, and the services behind it."""

    url: str
    assignments: ServiceApp
    notifications: ServiceApp

    def sign_in(self, page: Page, email: str = EMAIL) -> None:
        """As the administrator unless another is named, who chooses a password first."""
        with self.assignments.sessions.begin() as session:
            person = session.query(Official).filter_by(email=email).one()
            _, _, token = invite(session, person)
        page.goto(f"{self.url}/mat-khau/{token}")
        for name in ("password", "again"):
            page.locator(f"input[name={name}]").fill(PASSWORD)
        page.get_by_role("button", name="Lưu", exact=True).click()
        page.goto(f"{self.url}/dang-nhap")
        page.locator("input[name=email]").fill(email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập", exact=True).last.click()
        self.trust()

    def trust(self) -> None:
        """What the relay would carry: the key that tokens are signed with."""
        with self.assignments.sessions() as session:
            bodies = session.execute(text("SELECT CAST(body AS text) FROM outbox WHERE type LIKE '%signing_key%'"))
            events = [read(body) for (body,) in bodies]
        with self.notifications.sessions.begin() as session:
            HANDLERS[events[0].type](session, events)


@contextmanager
def office(databases: Databases) -> Iterator[Office]:
    """The portal on a port of its own; the APIs behind it on Unix sockets."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cn-")))
        sockets = {name: f"{folder}/{name}.sock" for name in ("assignments", "visits", "notifications")}
        portal = portal_app(
            PortalSettings.from_env(
                {f"CAUNOI_{name.upper()}_API_URL": f"unix:{socket}" for name, socket in sockets.items()}
            )
        )
        url = f"http://127.0.0.1:{serve(stack, portal, '127.0.0.1')}"
        common = {
            "CAUNOI_REDIS_URL": "redis://127.0.0.1:1/0",
            "CAUNOI_PUBLIC_URL": url,
            "CAUNOI_SECRET_KEY": "k" * 40,
            "CAUNOI_SMTP_URL": "smtp://127.0.0.1:1",
        } | {
            f"CAUNOI_{name.upper()}_DATABASE_URL": databases.fresh(name)
            for name in ("assignments", "notifications")
        }
        assignments = assignments_app(AssignmentsSettings.from_env(common))
        notifications = notifications_app(Settings.from_env(common))
        for app, name in ((assignments, "assignments"), (notifications, "notifications")):
            stack.callback(app.sessions.kw["bind"].dispose)
            serve(stack, app, f"unix://{sockets[name]}")
        with assignments.sessions.begin() as session:
            unit = province(uuid7())
            session.add(unit)
            session.flush()
            person = Official.known_as(
                unit, "Nguyễn Thị Hồng Đào", "Đào", email=EMAIL, phone=None, home_body=None, language="vi"
            )
            session.add(person)
            session.flush()
            grant(session, person, "administrator", "Quyết định 15", None)
        yield Office(url, assignments, notifications)
