"""The sender's process: mail, calls and bounces side by side, until it is told to end."""

import os
import signal
import subprocess
import sys

from sqlalchemy import Engine, text

from services.notifications.webhooks.rules import new_secret
from services.notifications.webhooks.sealing import Sealer
from tests.integration.notifications.conftest import Service
from tests.support import facts
from tests.support.http_sink import HttpSink
from tests.support.imap_server import ImapServer
from tests.support.smtp_sink import SmtpSink
from tests.support.waiting import until

RUN = "from services.notifications.worker import create_sender; create_sender().run()"


def test_mail_calls_and_bounces_side_by_side(service: Service, sink: SmtpSink) -> None:
    """A mail and a webhook go out and the mailbox of bounces is read; SIGTERM ends all three."""
    engine = service.sessions.kw["bind"]
    assert isinstance(engine, Engine)
    with HttpSink() as receiver, ImapServer() as imap:
        with service.sessions.begin() as session:
            session.execute(
                text(
                    "INSERT INTO webhook_endpoints (id, url, sealed_secret, created_at, created_by, version) "
                    "VALUES (uuidv7(), :url, :secret, now(), 'test', 1)"
                ),
                {"url": receiver.url, "secret": _sealed(service)},
            )
        service.tell(facts.recipient(), facts.recipient())
        with service.sessions.begin() as session:
            session.execute(
                text(
                    "UPDATE notifications SET channel = 'webhook' WHERE id = "
                    "(SELECT id FROM notifications WHERE channel = 'email' ORDER BY id LIMIT 1)"
                )
            )
        environment = {
            "CAUNOI_NOTIFICATIONS_DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "CAUNOI_REDIS_URL": service.settings.redis_url,
            "CAUNOI_PUBLIC_URL": service.settings.public_url,
            "CAUNOI_SECRET_KEY": service.settings.secret_key,
            "CAUNOI_SMTP_URL": sink.url,
            "CAUNOI_WEBHOOK_NETWORKS": "127.0.0.0/8",
            "CAUNOI_BOUNCE_IMAP_URL": imap.url,
        }
        process = subprocess.Popen([sys.executable, "-c", RUN], env=os.environ | environment)
        try:
            until(lambda: len(sink.messages()) == 1 and len(receiver.received) == 1 and imap.logins == 1, 60, "all")
            sent = "SELECT 1 FROM notifications WHERE channel IN ('email', 'webhook') AND state = 'sent'"
            until(lambda: len(service.rows(sent)) == 2, 60, "both rows to be recorded")
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()


def _sealed(service: Service) -> str:
    return Sealer(service.settings.secret_key).seal(new_secret())
