"""Grouped mail as a mail program shows it: on a phone and a desk, by day and by night."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from services.notifications.grouping.compose import Links, Listed, grouped_mail
from services.notifications.notices.compose import Sender
from shared.ids import uuid7
from tests.e2e.conftest import widths
from tests.support import facts

TITLES = (
    ("normal", "Chậm chi trả trợ cấp"),
    ("critical", "Sạt lở bờ sông đe dọa mười hai hộ dân, cần di dời ngay trong đêm nay <b>gấp</b>"),
    ("high", "Cầu dân sinh bị sập một nhịp" + "p" * 120),
)


def matter(number: int, severity: str, title: str) -> Listed:
    """An escalation to list."""
    issue = facts.issue_facts(number, severity=severity, title=title)
    data = facts.routed(number, issue=issue).data
    return Listed(uuid7(), "escalation", data, [facts.reason()], f"http://caunoi.example/xac-nhan/{'x' * 50}")


def html_of(listed: list[Listed], unsubscribe: str | None) -> str:
    """The HTML of the mail, parsed back from its bytes."""
    raw = grouped_mail(
        listed,
        full_name="Nguyễn Thị Hồng Đào",
        address="dao@bentre.example",
        language="vi",
        links=Links("http://caunoi.example/xac-nhan-tat-ca/abc", unsubscribe),
        sender=Sender("Cầu Nối", "cau-noi@caunoi.example"),
        date=datetime(2026, 3, 2, 1, 45, tzinfo=UTC),
    )
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage) and not message.defects
    assert max(map(len, raw.split(b"\r\n"))) <= 998 and raw.isascii()  # RFC 5322, 2.1.1
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["storm", "digest"])
def test_it_fits_and_loads_nothing(browser: Browser, shots: Path, kind: str, scheme: Any) -> None:
    """No wider than the window, nothing fetched, every link there, what people wrote is text, the gravest first."""
    storm = [matter(number, *each) for number, each in enumerate(TITLES)]
    digest = [Listed(uuid7(), "reminder", facts.reminded().data, [], "") for _ in range(3)]
    html = html_of(storm, None) if kind == "storm" else html_of(digest, "http://caunoi.example/huy-nhan/abc")
    for name, page in widths(browser, color_scheme=scheme):
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert asked == [] and page.locator("img, script, b").count() == 0
        if kind == "storm":
            assert page.locator("a[href*='/xac-nhan/']").count() == 3
            assert page.locator("a[href*='/xac-nhan-tat-ca/']").is_visible()
            assert page.locator(".tag.high").first.inner_text() == "Khẩn cấp"
        assert page.locator("a[href*='/huy-nhan/']").count() == (kind == "digest")
        page.screenshot(path=shots / f"grouped-{kind}-{name}-{scheme}.png", full_page=True)
