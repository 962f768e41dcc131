"""Mail about accounts: it reaches its one address, and nothing of it is kept."""

import email
from datetime import timedelta
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.notifications.handlers import HANDLERS
from services.notifications.letters import rules
from services.notifications.letters.posting import Postman
from shared import clock
from shared.ids import uuid7
from shared.messaging.events import NewEvent, read, write
from shared.sealing import Seal
from tests.support import facts

SECRET = "k" * 40
LINK = "https://caunoi.example/mat-khau/kq7d2Yx0Zr3mF9uVbE1c"
ADDRESS = "Dao@bentre.example"


class Sent:
    """Takes what the postman hands over."""

    def __init__(self, *refusals: bool) -> None:
        self.mail: list[tuple[str, str, str]] = []
        self._refusals = list(refusals)

    def __call__(self, *mail: str) -> bool:
        if self._refusals and self._refusals.pop(0):
            return False
        self.mail.append(mail)  # type: ignore[arg-type]
        return True


def deliver(sessions: sessionmaker[Session], *news: NewEvent) -> None:
    """Give events to their handlers, each twice."""
    for new in news:
        event = read(write("assignments", new, None)[1])
        for _ in range(2):
            with sessions.begin() as session:
                HANDLERS[event.type](session, [event])


def kept(sessions: sessionmaker[Session]) -> int:
    """How many letters there are."""
    with sessions() as session:
        return int(session.execute(text("SELECT count(*) FROM letters")).scalar_one())


def due(**changes: Any) -> NewEvent:
    """An invitation of the person with ADDRESS."""
    sealed = Seal(SECRET, rules.LINK_SEAL).seal(LINK)
    return facts.account_mail_due(sealed, **{"address_digest": rules.digest_of(ADDRESS)} | changes)


def contact(official: Any, **changes: Any) -> NewEvent:
    """The contact of an official."""
    return facts.official_changed(official_id=official, **{"email": ADDRESS, "language": "vi"} | changes)


@pytest.mark.parametrize(
    ("kind", "vi", "en"),
    [
        ("password_changed", "Mật khẩu Cầu Nối đã được đổi", "Your password for Cầu Nối was changed"),
        ("second_factor_off", "Xác thực hai bước đã được tắt", "Your second factor was turned off"),
    ],
)
def test_what_happened_to_an_account_is_told(
    notifications_db: sessionmaker[Session], kind: str, vi: str, en: str
) -> None:
    """With the way back in, in the reader's language."""
    one, other = uuid7(), uuid7()
    deliver(notifications_db, contact(one), contact(other, language="en"))
    deliver(notifications_db, due(official_id=one, kind=kind), due(official_id=other, kind=kind))
    send = Sent()
    Postman(send, SECRET)(notifications_db)
    assert sorted(mail[1] for mail in send.mail) == sorted([vi, en])
    assert all(LINK in mail[2] for mail in send.mail) and kept(notifications_db) == 0


def test_a_letter_is_sent_once_and_forgotten(notifications_db: sessionmaker[Session]) -> None:
    """It says who, where to and until when, in the reader's language; its row is gone afterwards."""
    one, other = uuid7(), uuid7()
    deliver(notifications_db, contact(one), contact(other, language="en"))
    deliver(notifications_db, due(official_id=one), due(official_id=other, kind="reset"))
    send = Sent()
    postman = Postman(send, SECRET)
    postman(notifications_db)
    postman(notifications_db)
    assert sorted(mail[1] for mail in send.mail) == [
        "Choose a new password for Cầu Nối",
        "Mời đồng chí dùng Cầu Nối",
    ]
    assert all(mail[0] == ADDRESS and LINK in mail[2] for mail in send.mail) and kept(notifications_db) == 0


def test_it_goes_to_no_other_address(notifications_db: sessionmaker[Session]) -> None:
    """Changed since, too late, sealed with another secret, of an unknown kind: not sent, not kept."""
    official = uuid7()
    deliver(notifications_db, contact(official))
    other = Seal("l" * 40, rules.LINK_SEAL).seal(LINK)
    deliver(
        notifications_db,
        due(official_id=official, address_digest=rules.digest_of("old@bentre.example")),
        due(official_id=official, expires_at=clock.now() - timedelta(seconds=1)),
        due(official_id=official, kind="birthday"),
        facts.account_mail_due(other, official_id=official, address_digest=rules.digest_of(ADDRESS)),
    )
    send = Sent()
    Postman(send, SECRET)(notifications_db)
    assert send.mail == [] and kept(notifications_db) == 0


def test_it_waits_for_the_contact_and_for_the_server(notifications_db: sessionmaker[Session]) -> None:
    """Unknown official, server away: tried again later, until it is sent or of no use."""
    official, start = uuid7(), clock.now()
    deliver(notifications_db, due(official_id=official))
    send = Sent(True)
    for minutes in range(4):
        with clock.frozen(start + timedelta(minutes=minutes)):
            Postman(send, SECRET)(notifications_db)
            if minutes == 1:
                deliver(notifications_db, contact(official))
    assert len(send.mail) == 1 and kept(notifications_db) == 0
    deliver(notifications_db, due(official_id=uuid7()))
    with clock.frozen(start + timedelta(days=4)):
        Postman(send, SECRET)(notifications_db)
    assert kept(notifications_db) == 0


def test_the_sender_carries_letters_beside_the_other_mail(notifications_db: sessionmaker[Session]) -> None:
    """A real server gets it from the loop that sends everything else."""
    from services.notifications.settings import Settings
    from services.notifications.worker import make_sender
    from tests.support.smtp_sink import SmtpSink

    official = uuid7()
    deliver(notifications_db, contact(official), due(official_id=official))
    with SmtpSink("--keep") as sink:
        sender = make_sender(
            Settings.from_env(
                {
                    "CAUNOI_NOTIFICATIONS_DATABASE_URL": "postgresql://nowhere/x",
                    "CAUNOI_REDIS_URL": "redis://127.0.0.1:1/0",
                    "CAUNOI_PUBLIC_URL": "https://caunoi.example",
                    "CAUNOI_SECRET_KEY": SECRET,
                    "CAUNOI_SMTP_URL": sink.url,
                }
            )
        )
        sender.send_due(notifications_db)
        sender.close()
        message = email.message_from_bytes(sink.raw()[0], policy=default)
    body = message.get_body(("plain",))
    assert message["To"] == ADDRESS and body and LINK in body.get_content() and kept(notifications_db) == 0
