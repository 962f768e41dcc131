"""The portal before a real notifications API, and a browser."""

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.serving import make_server

from services.notifications.app import create_app as notifications_app
from services.notifications.handlers import HANDLERS
from services.notifications.settings import Settings
from services.notifications.worker import make_sender
from services.portal.app import create_app as portal_app
from services.portal.settings import Settings as PortalSettings
from shared.messaging.events import NewEvent, read, write
from tests.support.smtp_sink import SmtpSink

_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Site:
    """A running portal, and the service behind it."""

    url: str
    sessions: sessionmaker[Session]
    settings: Settings
    sink: SmtpSink

    def deliver(self, *news: NewEvent) -> None:
        """Give facts to the service."""
        for new in news:
            event = read(write(new.type.split(".")[2], new, None)[1])
            with self.sessions.begin() as session:
                HANDLERS[event.type](session, [event])

    def send(self) -> list[bytes]:
        """Send what is due; all mail so far."""
        sender = make_sender(self.settings)
        sender.send_due(self.sessions)
        sender.close()
        return self.sink.raw()


def serve(stack: ExitStack, app: Flask, host: str, port: int = 0) -> int:
    """Serve an application until the stack ends; its port."""
    server = make_server(host, port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.server_close)
    stack.callback(server.shutdown)
    return server.server_port


@pytest.fixture
def site(notifications_db: sessionmaker[Session]) -> Iterator[Site]:
    """The portal on a port of its own; the API behind it on a Unix socket."""
    engine = notifications_db.kw["bind"]
    assert isinstance(engine, Engine)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cn-")))
        socket = folder / "api.sock"
        nobody = f"unix:{folder}/nobody.sock"
        portal = portal_app(
            PortalSettings.from_env(
                {
                    "CAUNOI_ASSIGNMENTS_API_URL": nobody,
                    "CAUNOI_VISITS_API_URL": nobody,
                    "CAUNOI_NOTIFICATIONS_API_URL": f"unix:{socket}",
                }
            )
        )
        url = f"http://127.0.0.1:{serve(stack, portal, '127.0.0.1')}"
        sink = stack.enter_context(SmtpSink("--keep"))
        settings = Settings.from_env(
            {
                "CAUNOI_NOTIFICATIONS_DATABASE_URL": engine.url.render_as_string(hide_password=False),
                "CAUNOI_REDIS_URL": "redis://127.0.0.1:1/0",
                "CAUNOI_PUBLIC_URL": url,
                "CAUNOI_SECRET_KEY": "k" * 40,
                "CAUNOI_SMTP_URL": sink.url,
            }
        )
        api = notifications_app(settings)
        stack.callback(lambda: api.sessions.kw["bind"].dispose())
        serve(stack, api, f"unix://{socket}")
        yield Site(url, notifications_db, settings, sink)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a network of its own. Playwright keeps an event loop running in this thread, which other
    modules' tests must not find there: so one a module."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "The browser tests need Chromium: make chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where screenshots go: CAUNOI_TEST_SHOTS, for a person to look at, else nowhere lasting."""
    folder = Path(os.environ.get("CAUNOI_TEST_SHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def widths(browser: Browser, **options: Any) -> Iterator[tuple[str, Any]]:
    """A page as wide as a phone and one as wide as a desk."""
    for name, width, height in (("phone", 360, 740), ("desktop", 1280, 900)):
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN", **options)
        yield name, context.new_page()
        context.close()
