"""Mail as it is composed, read back by the standard library."""

import email
import email.header
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notifications.notices.compose import Addressee, Letter, Sender
from services.notifications.notices.mime import SLOT, Frame, header_text, mailbox
from services.notifications.notices.rules import lines, one_line
from tests.support import facts

SENDER = Sender("Cầu Nối", "cau-noi@bentre.example")
NOW = datetime(2026, 3, 2, 1, 45, 7, 999, tzinfo=UTC)
ID = UUID("0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001")
LINK = "http://caunoi.example/xac-nhan/abc.DEF-1_2.xyz"


# Whatever an event may hold, including what could break a header or a line.
anything = st.text(st.characters(codec="utf-8"), max_size=120)


def payload(**issue: Any) -> dict[str, Any]:
    """The data of an escalation with three people and a vacancy."""
    people = [
        facts.recipient("Nguyễn Văn An"),
        facts.recipient("Trần Thị Mỹ Dung", reasons=[facts.reason("district_overseer", place="Thành phố Bến Tre")]),
        facts.recipient("Lê Hoàng Phúc", reasons=[facts.reason(standing_in_for="Võ Thị Hồng Nhung")]),
    ]
    data = dict(facts.routed(recipients=people).data)
    data["issue"] |= issue
    return data


def mail(
    data: dict[str, Any] | None = None,
    *,
    name: str = "Nguyễn Văn An",
    language: str = "vi",
    reasons: list[dict[str, Any]] | None = None,
) -> bytes:
    """One composed mail."""
    to = Addressee(ID, name, "an.nguyen@bentre.example", reasons or [facts.reason()], LINK)
    return Letter(data or payload(), language, SENDER).addressed(to, NOW)


def parse(raw: bytes) -> EmailMessage:
    """The mail as the standard library reads it, without a single defect."""
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk()] == [[], [], []]
    return message


def body(message: EmailMessage, subtype: str) -> str:
    """The text of one alternative, its lines ended as in Python."""
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_headers_say_who_what_and_when() -> None:
    """To, From, Subject, Date, Message-ID and the marks of automatic mail are read back exactly."""
    message = parse(mail())
    assert str(message["Subject"]) == "[BT-2026-000001] Khẩn cấp: Cống ngăn mặn bị hỏng – Xã Bình Phú"
    to, sender = message["To"].addresses[0], message["From"].addresses[0]
    assert (to.display_name, to.addr_spec) == ("Nguyễn Văn An", "an.nguyen@bentre.example")
    assert (sender.display_name, sender.addr_spec) == ("Cầu Nối", "cau-noi@bentre.example")
    assert message["Message-ID"] == f"<{ID}@bentre.example>"
    assert message["Date"].datetime == NOW.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "vi"


def test_the_message_id_is_the_same_for_every_attempt() -> None:
    """A repeat can be dropped by whoever got the first: the Message-ID comes from the notification."""
    again = Letter(payload(), "vi", SENDER).addressed(
        Addressee(ID, "An", "an@bentre.example", [facts.reason()], LINK), datetime(2026, 3, 3, tzinfo=UTC)
    )
    assert parse(again)["Message-ID"] == parse(mail())["Message-ID"]


@pytest.mark.parametrize("subtype", ["plain", "html"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "vi",
            [
                "Kính gửi đồng chí",
                "Cán bộ tỉnh theo dõi xã",
                "theo Quyết định 182",
                "thay cho Trần Thị B",
                "thay Trần Văn Bình (vắng mặt)",
            ],
        ),
        (
            "en",
            [
                "Dear ",
                "Commune follower",
                "under Quyết định 182",
                "standing in for Trần Thị B",
                "in place of Trần Văn Bình (absent)",
            ],
        ),
    ],
)
def test_both_alternatives_tell_everything(subtype: str, language: str, words: list[str]) -> None:
    """Text and HTML say what happened, where, why, why you, who else, what is vacant, and give the link."""
    raw = mail(
        language=language, reasons=[facts.reason(standing_in_for="Trần Thị B", substitute_for=facts.absent())]
    )
    text = body(parse(raw), subtype)
    expected = [
        *words,
        "Nguyễn Văn An",
        "BT-2026-000001",
        "Cống ngăn mặn bị hỏng",
        "Xã Bình Phú, Thành phố Bến Tre, Tỉnh Bến Tre",
        "Nước mặn tràn vào kênh nội đồng",
        "Độ mặn vượt 4‰",
        "08:30 02/03/2026",
        "Trần Thị Mỹ Dung",
        "(Tiểu vùng 1)",
        LINK,
    ]
    assert [each for each in expected if each not in text] == []


def test_the_hamlet_and_a_higher_step_are_named() -> None:
    """A hamlet stands before its commune; a step above the first is told."""
    data = payload(hamlet_name="Ấp Bình Thành") | {"step": 2}
    text = body(parse(mail(data)), "plain")
    assert "Ấp Bình Thành, Xã Bình Phú" in text and ", bước 2," in text


def test_a_program_without_a_name_is_not_shown() -> None:
    """Who escalated is named if it has a name; a bare id says nothing to the reader."""
    by_name = body(parse(mail(payload(escalated_by="UBND xã Bình Phú"))), "plain")
    by_id = body(parse(mail(payload(escalated_by=str(ID)))), "plain")
    assert "08:30 02/03/2026, bởi UBND xã Bình Phú\n\n" in by_name
    assert "08:30 02/03/2026\n\n" in by_id and str(ID) not in by_id


def test_html_is_escaped_and_fetches_nothing() -> None:
    """What people wrote cannot become markup, and reading the mail tells nobody: it loads nothing."""
    html = body(parse(mail(payload(title="<img src=x onerror=alert(1)> & more"), name="A <b>B</b>")), "html")
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; more" in html and "A &lt;b&gt;B&lt;/b&gt;" in html
    assert "<img" not in html and "src=" not in html.replace("&lt;img src=x", "") and "url(" not in html


def test_critical_matters_are_marked_important() -> None:
    """Importance: high is for critical issues only, or it would mean nothing."""
    assert parse(mail(payload(severity="critical")))["Importance"] == "high"
    assert parse(mail(payload(severity="high")))["Importance"] is None


def test_mail_about_one_issue_forms_one_thread() -> None:
    """All mails of an issue refer to the same id."""
    data = payload()
    assert parse(mail(data))["References"] == f"<issue-{data['issue']['id']}@bentre.example>"


@given(name=anything, title=anything, description=anything, reason=anything, place=anything)
@example(
    name="A\r\nBcc: x@evil.example", title="T\r\n\r\n<p>", description="\x00", reason=".\r\n.\r\n", place="\u2028"
)
@example(name="=?utf-8?q?x?=", title="=?utf-8?b?eA==?=", description="-- \n--=_", reason="", place='"')
def test_whatever_the_facts_hold_it_is_read_back_and_injects_nothing(
    name: str, title: str, description: str, reason: str, place: str
) -> None:
    """Any text comes back exactly, cleaned of control characters, and adds no header, recipient or part."""
    data = payload(title=title, description=description, reason=reason, unit_name=place)
    raw = mail(data, name=name)
    message = parse(raw)
    clean = one_line(title)
    unit = one_line(place).split(",")[0]
    expected = f"[BT-2026-000001] Khẩn cấp: {clean} – {unit}"
    assert decoded(raw, "Subject") == one_line(expected)
    assert [each.addr_spec for each in message["To"].addresses] == ["an.nguyen@bentre.example"]
    assert message["Bcc"] is None and message.keys().count("Subject") == 1
    for subtype in ("plain", "html"):
        text = body(message, subtype)
        assert SLOT not in text
        if subtype == "plain":
            assert f"Kính gửi đồng chí {one_line(name)},\n" in text
            assert lines(description) in text and lines(reason) in text and clean in text


@given(name=st.text(st.characters(categories=["L", "Mn", "Zs", "P"], codec="utf-8"), min_size=1, max_size=60))
def test_any_name_is_read_back(name: str) -> None:
    """A display name of any script and length comes back, decoded as RFC 2047 says."""
    name = one_line(name)
    raw = b"To: " + mailbox(name, "a@b.example") + b"\r\n\r\n"
    shown = decoded(raw, "To").removesuffix(" <a@b.example>") if name else ""
    if raw.startswith(b'To: "'):
        shown = email.utils.parseaddr(decoded(raw, "To"))[0]
    assert " ".join(shown.split()) == " ".join(name.split())
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_encoded_words_are_short_and_whole(text: str) -> None:
    """No encoded word is over 75 letters, and each alone is valid UTF-8 (RFC 2047, 2 and 5)."""
    for word in header_text(text).split("\r\n "):
        if word.startswith("=?utf-8?b?"):
            assert len(word) <= 75
            email.header.decode_header(word)[0][0].decode("utf-8")  # type: ignore[union-attr]


@given(before=anything, after=anything, personal=anything)
def test_a_text_encoded_in_pieces_is_the_text(before: str, after: str, personal: str) -> None:
    """However the pieces' lengths fall, their base64 put together decodes to the whole, in lines of 76 at most."""
    before, after, personal = (lines(each) for each in (before, after, personal))
    encoded = Frame(f"{before}{SLOT}{after}ab").filled(personal)
    text = email.message_from_bytes(b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded).get_payload(decode=True)
    assert text == f"{before}{personal}{after}ab".replace("\n", "\r\n").encode()
    assert all(len(line) <= 76 for line in encoded.split(b"\r\n"))


def test_mail_is_seven_bit_with_short_lines() -> None:
    """Any server takes it: ASCII only, every line ended by CRLF and under 998 letters, none begins with a dot."""
    raw = mail(payload(title="ề" * 200, description="ễ" * 10_000))
    assert raw.isascii() and raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 998 and not line.startswith(b".") for line in raw.split(b"\r\n"))


def decoded(raw: bytes, name: str) -> str:
    """A header unfolded and decoded by RFC 2047 alone, which also joins words as Python 3.11's parser does not."""
    value = email.message_from_bytes(raw)[name]
    return str(email.header.make_header(email.header.decode_header(value.replace("\r\n", ""))))
