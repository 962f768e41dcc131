"""The URL of an SMTP server, and whom mail comes from."""

import pytest

from services.notifications.deliveries.provider import Provider, smtp_url, smtp_urls
from services.notifications.notices.compose import Sender
from services.notifications.settings import mail_sender


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("smtp://127.0.0.1:2525", Provider("127.0.0.1", 2525)),
        ("smtp://mail.example", Provider("mail.example", 25)),
        ("smtp://mail.example?starttls=1", Provider("mail.example", 587, "starttls")),
        ("smtps://mail.example", Provider("mail.example", 465, "tls")),
        ("smtp://u:p%40ss@mail.example:25?starttls=1", Provider("mail.example", 25, "starttls", "u", "p@ss")),
        ("smtp://u:p@localhost:25", Provider("localhost", 25, "none", "u", "p")),
        ("smtp://mail.example?weight=3", Provider("mail.example", 25, weight=3)),
        ("smtps://mail.example?ca=/etc/ca.pem", Provider("mail.example", 465, "tls", ca_file="/etc/ca.pem")),
    ],
)
def test_a_url_says_where_and_how(url: str, provider: Provider) -> None:
    """Host, port, encryption and login are read from the URL; ports have their usual defaults."""
    assert smtp_url(url) == provider


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:25",
        "http://mail.example",
        "smtp://",
        "smtp://h:port",
        "smtp://h:99999",
        "smtp://h?tls=1",
        "smtp://h?starttls=yes",
        "smtp://h?weight=0",
        "smtp://h?weight=many",
        "smtp://user:password@mail.example",
    ],
)
def test_a_wrong_url_is_refused(url: str) -> None:
    """Also one that would send a password over a network unencrypted."""
    with pytest.raises(ValueError, match=r"."):
        smtp_url(url)


def test_several_servers_stand_in_one_setting() -> None:
    """Spaces or commas between the URLs, in order; the same server twice is a mistake."""
    found = smtp_urls(" smtp://a.example?weight=3, smtps://b.example\n smtp://c.example ")
    assert [(each.name, each.weight) for each in found] == [
        ("a.example:25", 3),
        ("b.example:465", 1),
        ("c.example:25", 1),
    ]
    with pytest.raises(ValueError, match="twice"):
        smtp_urls("smtp://a.example smtp://a.example:25")


def test_a_provider_is_named_without_its_password() -> None:
    """What logs and attempts show gives nothing away."""
    assert smtp_url("smtps://user:secret@mail.example").name == "mail.example:465"


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        ("a@b.example", Sender("", "a@b.example")),
        ("Cầu Nối <a@b.example>", Sender("Cầu Nối", "a@b.example")),
    ],
)
def test_the_sender_has_an_address_and_perhaps_a_name(raw: str, sender: Sender) -> None:
    """Both ways to write a sender are understood."""
    assert mail_sender(raw) == sender


@pytest.mark.parametrize("raw", ["", "a", "a@", "@b", "ông@b.example", "A\r\nBcc: x@y <a@b.example>"])
def test_a_wrong_sender_is_refused(raw: str) -> None:
    """What is no ASCII address stops the start."""
    with pytest.raises(ValueError, match=r"expected|holds"):
        mail_sender(raw)
