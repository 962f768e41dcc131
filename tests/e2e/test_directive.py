"""From the mail of a directive to "read" and "passed on", in a browser."""

import email
import re
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import text

from services.notifications.directives.actions import issue
from services.notifications.directives.expanding import expand
from shared import clock
from shared.contracts.scopes import SCOPES
from shared.web.auth import Principal
from tests.e2e.conftest import Site, widths
from tests.support import facts

pytestmark = pytest.mark.xdist_group("browser")

BODY = (
    "Đề nghị các đồng chí được phân công theo dõi xã, phường, thị trấn truyền đạt đến cấp ủy cơ sở.\n\n"
    "Nội dung: đóng cống ngăn mặn, trữ nước ngọt, báo độ mặn hằng ngày."
)


def issued(site: Site) -> tuple[EmailMessage, str]:
    """A directive to one official; the mail and the link in it."""
    who = facts.official_changed(full_name="Nguyễn Thị Hồng Đào", email="dao@bentre.example")
    site.deliver(who, facts.unit_changed(code="83", path="83/", name="Tỉnh Bến Tre", level="province"))
    held = {"official_id": who.data["official_id"], "full_name": who.data["full_name"]}
    site.deliver(facts.assignment_changed(**held))
    given = {
        "number": "12-CV/TU",
        "issuer": "Văn phòng Tỉnh ủy",
        "title": "Triển khai phòng, chống hạn mặn mùa khô",
        "body": BODY,
        "posts": [],
        "levels": [],
        "must_read": True,
        "pass_on_by": clock.today().replace(year=2999),
        "remind_before_days": 2,
    }
    files = [{"name": "Công văn 12.pdf", "content": b"%PDF-1.7 test"}]
    links = [{"name": "Bản đồ độ mặn", "url": "https://bentre.example/ban-do"}]
    with site.sessions.begin() as session:
        issue(session, Principal("office", frozenset(SCOPES), ("",)), unit="83", links=links, files=files, **given)
    expand(site.sessions)
    message = email.message_from_bytes(site.send()[-1], policy=default)
    assert isinstance(message, EmailMessage)
    found = message.get_body(("plain",))
    assert found is not None
    link = re.search(r"http\S+/xac-nhan/\S+", str(found.get_content()))
    assert link
    return message, link.group()


def test_it_is_read_and_passed_on_by_its_page(site: Site, browser: Browser, shots: Path) -> None:
    """Opening says nothing; the buttons do; the file is saved; mail and page fit a phone."""
    message, link = issued(site)
    for name, page in widths(browser, java_script_enabled=False):
        page.goto(link)
        assert page.get_by_role("heading", level=1).inner_text() == "Triển khai phòng, chống hạn mặn mùa khô"
        page.screenshot(path=shots / f"directive-{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if name == "phone":
            continue
        with page.expect_download() as download:
            page.get_by_role("link", name="Công văn 12.pdf").click()
        assert download.value.suggested_filename == "Công văn 12.pdf"
        page.get_by_role("button", name="Tôi đã đọc").click()
        assert page.get_by_role("status").inner_text().startswith("Đã báo đã đọc lúc")
        page.get_by_label("Cho ai, ở đâu").fill("   ")
        page.get_by_role("button", name="Báo đã truyền đạt").click()
        assert "không sau hôm nay" in page.get_by_role("alert").inner_text()
        page.get_by_label("Cho ai, ở đâu").fill("Hội nghị cán bộ chủ chốt xã")
        page.get_by_role("button", name="Báo đã truyền đạt").click()
        assert "Hội nghị cán bộ chủ chốt xã" in page.get_by_role("status").last.inner_text()
        page.screenshot(path=shots / f"directive-done-{name}.png", full_page=True)
    with site.sessions() as session:
        row = session.execute(text("SELECT passed_on_to, reported_by FROM directive_receipts")).one()
    assert tuple(row) == ("Hội nghị cán bộ chủ chốt xã", "link")
    html = message.get_body(("html",))
    assert html is not None
    mail = browser.new_page(viewport={"width": 360, "height": 740})
    mail.set_content(str(html.get_content()))
    mail.screenshot(path=shots / "mail-directive-phone.png", full_page=True)
    assert mail.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    mail.close()
