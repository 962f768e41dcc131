"""Wording messages in a browser: by an administrator of the country, with the real services behind the portal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import widths
from tests.e2e.office import Office, office
from tests.support.databases import Databases

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def site(databases: Databases) -> Iterator[Office]:
    """A running office."""
    with office(databases) as found:
        yield found


def test_words_are_changed_tried_and_restored(site: Office, browser: Browser, shots: Path) -> None:
    """On a phone and at a desk, without scripts: what is wrong is said beside the field and nothing is lost; the
    preview shows the mail; what was saved can be undone."""
    signed_in = None
    for name, page in widths(browser, java_script_enabled=False):
        faults: list[str] = []
        page.on("console", lambda line, seen=faults: seen.append(line.text))
        if signed_in is None:
            site.sign_in(page)
            signed_in = page.context.cookies()
        page.context.add_cookies(signed_in)
        page.goto(f"{site.url}/tai-khoan")
        page.get_by_role("link", name="Mẫu thư và tin nhắn").click()
        page.screenshot(path=shots / f"templates-{name}.png", full_page=True)
        page.locator("li", has_text="Thư điện tử, Tiếng Việt").get_by_role("link").nth(0).click()
        page.goto(f"{site.url}/mau-thu/escalation/email/vi")
        assert (
            page.get_by_role("heading", level=1).inner_text() == "Vấn đề được chuyển lên: Thư điện tử, Tiếng Việt"
        )

        subject = page.locator("#subject")
        subject.fill("{{ mật_khẩu }}")
        page.get_by_role("button", name="Lưu", exact=True).click()
        assert "Không có giá trị tên là mật_khẩu" in page.get_by_role("alert").inner_text()
        assert subject.input_value() == "{{ mật_khẩu }}"

        subject.fill("[Bến Tre] {{ issue.code }}: {{ issue.title }}")
        page.get_by_role("button", name="Xem thử").click()
        frame = page.frame_locator("iframe[name=preview]")
        shown = frame.locator("strong").inner_text()
        assert shown == "[Bến Tre] BT-2026-000123: Cống ngăn mặn bị hỏng, nước mặn tràn vào kênh nội đồng"
        mail = frame.frame_locator("iframe").locator("h1")
        assert mail.inner_text().startswith("Cống ngăn mặn bị hỏng")
        assert mail.evaluate("each => getComputedStyle(each).fontSize") == "21px"
        page.screenshot(path=shots / f"template-{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

        page.locator("#note").fill("Có tên tỉnh")
        page.get_by_role("button", name="Lưu", exact=True).click()
        assert "Đã lưu" in page.get_by_role("status").inner_text()
        assert "Có tên tỉnh" in page.locator("main").inner_text()
        page.get_by_role("button", name="Dùng lại lời có sẵn").click()
        assert page.locator(".tags").inner_text() == "Lời có sẵn"
        assert page.locator("#subject").input_value() == "{{ subject }}"
        assert not [each for each in faults if "Content Security Policy" in each]
