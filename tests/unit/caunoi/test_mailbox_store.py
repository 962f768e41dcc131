"""The mailbox keeps every message and finds it again."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from caunoi.mailbox.page import linked
from caunoi.mailbox.store import Store, part


def _mail(subject: str = "Cầu nông thôn sập", text: str = "Xin chào", html: str | None = None) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Cầu Nối <cau-noi@example.vn>"
    message["To"] = "a@example.vn"
    message["Subject"] = subject
    message["Message-ID"] = "<1@example.vn>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def test_a_message_survives_a_restart(tmp_path: Path) -> None:
    """A store opened anew knows the same entries, envelope recipients included."""
    first = Store(tmp_path)
    entry = first.add(_mail(), "from@example.vn", ["a@example.vn", "b@example.vn"])
    assert Store(tmp_path).page() == ([entry], None)
    assert (entry.subject, entry.recipients) == ("Cầu nông thôn sập", ("a@example.vn", "b@example.vn"))
    assert entry.message_id == "<1@example.vn>"


def test_pages_go_from_new_to_old(tmp_path: Path) -> None:
    """Cursors lead through all messages, each once, newest first."""
    store = Store(tmp_path)
    ids = [store.add(_mail(), "", ["a@example.vn"]).id for _ in range(7)]
    seen, cursor = [], ""
    while True:
        items, following = store.page(before=cursor, limit=3)
        seen += [each.id for each in items]
        if following is None:
            break
        cursor = following
    assert ids[::-1] == seen


def test_one_address_is_found(tmp_path: Path) -> None:
    """The search is by recipient, part of the address, any case."""
    store = Store(tmp_path)
    store.add(_mail(), "", ["Lan.Tran@example.vn"])
    store.add(_mail(), "", ["other@example.vn"])
    assert [each.recipients for each in store.page(to="lan.tran")[0]] == [("Lan.Tran@example.vn",)]
    assert store.page(to="nobody") == ([], None)


def test_parts_are_told_apart(tmp_path: Path) -> None:
    """Text and HTML of a message come apart; one without HTML has none."""
    store = Store(tmp_path)
    both = store.message(store.add(_mail(html="<p>Chào</p>"), "", ["a@example.vn"]))
    plain = store.message(store.add(_mail(), "", ["a@example.vn"]))
    assert (part(both, "plain"), part(both, "html")) == ("Xin chào\n", "<p>Chào</p>\n")
    assert part(plain, "html") is None


def test_an_unknown_id_is_not_found(tmp_path: Path) -> None:
    """Only ids of the index lead to files."""
    assert Store(tmp_path).find("../../etc/passwd") is None


def test_links_in_text_become_links_and_nothing_else_does() -> None:
    """Text is escaped around its links."""
    shown = str(linked("<b> http://x.example/a?b=1&c=2. & more"))
    link = "http://x.example/a?b=1&amp;c=2"
    expected = f'&lt;b&gt; <a href="{link}" rel="noreferrer">{link}</a>. &amp; more'
    assert expected == shown
