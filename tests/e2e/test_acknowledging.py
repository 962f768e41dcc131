"""From the mail in the hand to the acknowledgement, in a browser."""

import email
import re
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from shared.contracts.notifications import NOTIFICATION_ACKNOWLEDGED
from tests.e2e.conftest import Site, widths
from tests.support import facts

pytestmark = pytest.mark.xdist_group("browser")

PERSON = facts.recipient(
    "Nguyễn Thị Hồng Đào",
    reasons=[
        facts.reason(
            "district_overseer", place="Thành phố Bến Tre", post_name_vi="Ủy viên BTV Tỉnh ủy theo dõi huyện"
        ),
        facts.reason("commune_follower", standing_in_for="Võ Văn Kiệm"),
    ],
)
OTHERS = [
    facts.recipient("Trần Minh Quân"),
    facts.recipient("Lê Thị Bạch Yến"),
    facts.recipient("Phạm Hoài Phương"),
]
ISSUE = facts.issue_facts(
    123,
    title="Nước mặn tràn vào cống lấy nước sinh hoạt Vàm Hồ",
    hamlet_name="Ấp Bình Thành",
    description="Độ mặn đo lúc 5 giờ sáng là 4,2‰. Khoảng 1.200 hộ không có nước ngọt từ hôm qua.\n\n"
    "Xã đã đóng cống và chở nước bằng xe bồn, mỗi ngày được 30 m³, không đủ.",
)


def told(site: Site, language: str = "vi") -> tuple[EmailMessage, str]:
    """Escalate to one person and some others; the person's mail and the link in it."""
    contact = {"official_id": PERSON["official_id"], "full_name": PERSON["full_name"], "language": language}
    site.deliver(facts.official_changed(email="dao@bentre.example", **contact))
    site.deliver(facts.routed(recipients=[PERSON, *OTHERS], issue=ISSUE))
    message = email.message_from_bytes(site.send()[0], policy=default)
    assert isinstance(message, EmailMessage)
    link = re.search(r"http\S+/xac-nhan/\S+", part(message, "plain"))
    assert link
    return message, link.group()


def part(message: EmailMessage, subtype: str) -> str:
    """One alternative of a mail."""
    found = message.get_body((subtype,))
    assert found is not None
    return str(found.get_content())


def acknowledged(site: Site) -> list[Any]:
    """Which rows of the person are acknowledged."""
    with site.sessions() as session:
        sql = "SELECT acknowledged_at IS NOT NULL FROM notifications WHERE official_id = :official"
        return list(session.scalars(text(sql), {"official": PERSON["official_id"]}))


def events(site: Site) -> int:
    """How many acknowledgements were told."""
    with site.sessions() as session:
        sql = text("SELECT count(*) FROM outbox WHERE type = :type")
        return int(session.execute(sql, {"type": NOTIFICATION_ACKNOWLEDGED}).scalar_one())


def fits(page: Page) -> bool:
    """Nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_opening_does_not_acknowledge_and_the_button_does(site: Site, browser: Browser, shots: Path) -> None:
    """Any number of visits changes nothing; one press acknowledges both channels, tells it once, and says so."""
    _, link = told(site)
    for name, page in widths(browser):
        page.goto(link)
        assert page.get_by_role("heading", level=1).inner_text() == ISSUE["title"]
        assert page.get_by_text("Võ Văn Kiệm").is_visible() and fits(page)
        page.screenshot(path=shots / f"page-{name}.png", full_page=True)
    assert (acknowledged(site), events(site)) == ([False, False], 0)
    for name, page in widths(browser):
        page.goto(link)
        if name == "phone":
            page.get_by_role("button", name="Xác nhận đã nhận").click()
        assert page.get_by_role("status").inner_text().startswith("Đã xác nhận") and fits(page)
        assert page.get_by_role("button", name="Xác nhận đã nhận").count() == 0
        page.reload()
        page.screenshot(path=shots / f"page-done-{name}.png", full_page=True)
    assert (acknowledged(site), events(site)) == ([True, True], 1)


def test_it_works_without_scripts_and_in_the_dark(site: Site, browser: Browser, shots: Path) -> None:
    """The page needs no JavaScript, and follows the reader's dark mode."""
    _, link = told(site)
    for name, page in widths(browser, java_script_enabled=False, color_scheme="dark"):
        page.goto(link)
        page.screenshot(path=shots / f"page-dark-{name}.png", full_page=True)
        if name == "desktop":
            page.get_by_role("button", name="Xác nhận đã nhận").click()
            assert page.get_by_role("status").is_visible()
    assert events(site) == 1


def test_it_is_taken_handed_over_and_given_back_by_its_buttons(site: Site, browser: Browser, shots: Path) -> None:
    """Each act is a button with what it needs; what is missing is said, and what was written is kept."""
    _, link = told(site)
    other = facts.official_changed(full_name="Lê Thị Cúc", email="cuc@bentre.example")
    site.deliver(other)
    held = {"official_id": other.data["official_id"], "full_name": "Lê Thị Cúc", "unit_path": "83/829/"}
    site.deliver(facts.assignment_changed(**held))
    pages = widths(browser, java_script_enabled=False)
    _, page = next(pages)
    page.goto(link)
    page.get_by_role("button", name="Tôi sẽ xử lý").click()
    assert page.get_by_role("status").inner_text().startswith("Đồng chí nhận xử lý") and fits(page)
    page.screenshot(path=shots / "page-taken-phone.png", full_page=True)
    page.locator("summary", has_text="Trả lại").click()
    page.get_by_label("Lý do").last.fill("Tôi đi công tác tỉnh ngoài.")
    page.get_by_role("button", name="Trả lại").click()
    assert page.get_by_role("status").inner_text() == "Đã trả lại; chưa ai nhận"
    _, page = next(pages)
    page.goto(link)
    page.get_by_role("link", name="Chuyển cho người khác…").click()
    page.get_by_label("Tìm cán bộ theo tên").fill("cuc")
    page.get_by_role("button", name="Tìm").click()
    page.screenshot(path=shots / "hand-over-desktop.png", full_page=True)
    page.get_by_label("Lê Thị Cúc").check()
    page.get_by_label("Lý do").fill("     ")
    page.get_by_role("button", name="Chuyển").click()
    assert page.get_by_role("alert").inner_text() == "Xin chọn một người trong danh sách và ghi lý do."
    page.get_by_label("Lê Thị Cúc").check()
    page.get_by_label("Lý do").fill("Đồng chí Cúc phụ trách thủy lợi.")
    page.get_by_role("button", name="Chuyển").click()
    assert page.get_by_role("status").inner_text() == "Đã chuyển cho người khác" and fits(page)
    page.screenshot(path=shots / "page-handed-over-desktop.png", full_page=True)
    with site.sessions() as session:
        said = session.scalars(text("SELECT answer FROM answers ORDER BY id")).all()
    assert said == ["taken", "returned", "handed_over"]
    mail = email.message_from_bytes(site.send()[-1], policy=default)
    assert isinstance(mail, EmailMessage)
    html = browser.new_page(viewport={"width": 360, "height": 740})
    html.set_content(part(mail, "html"))
    html.screenshot(path=shots / "mail-handed-over-phone.png", full_page=True)
    assert "chuyển việc này cho đồng chí" in html.inner_text("body") and fits(html)
    html.close()
    pages.close()  # type: ignore[attr-defined]


def test_it_speaks_the_reader_s_language(site: Site, browser: Browser, shots: Path) -> None:
    """English for whoever is registered so, and either language at a click."""
    message, link = told(site, "en")
    assert "Dear Nguyễn Thị Hồng Đào," in part(message, "plain")
    for name, page in widths(browser):
        page.goto(link)
        assert page.get_by_role("button").first.inner_text() == "Acknowledge"
        page.screenshot(path=shots / f"page-en-{name}.png", full_page=True)
        page.get_by_role("link", name="Tiếng Việt").click()
        assert page.get_by_role("button").first.inner_text() == "Xác nhận đã nhận"
        assert page.locator("html").get_attribute("lang") == "vi"


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_refused(site: Site, browser: Browser) -> None:
    """Every request goes to the portal itself, each succeeds, and the page's own policy finds no fault."""
    _, link = told(site)
    for _, page in widths(browser):
        requests: list[str] = []
        faults: list[str] = []
        page.on("request", lambda request, seen=requests: seen.append(request.url))
        page.on("console", lambda line, seen=faults: seen.append(line.text))
        page.on("response", lambda answer, seen=faults: seen.append(answer.url) if answer.status >= 400 else None)
        page.goto(link)
        page.goto(site.url)
        assert all(each.startswith(site.url) for each in requests) and faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_mail_is_readable_on_phone_and_desk(site: Site, browser: Browser, shots: Path, scheme: Any) -> None:
    """The HTML part fits both widths, asks nobody for anything, and its button leads to the page."""
    message, link = told(site)
    for name, page in widths(browser, color_scheme=scheme):
        asked: list[str] = []
        page.on("request", lambda request, seen=asked: seen.append(request.url))
        page.set_content(part(message, "html"))
        button = page.get_by_role("link", name="Xem và xác nhận")
        assert button.get_attribute("href") == link and fits(page) and asked == []
        box = button.bounding_box()
        assert box and box["height"] >= 44  # a thumb
        page.screenshot(path=shots / f"mail-{scheme}-{name}.png", full_page=True)


def test_a_bad_link_gets_a_page_that_helps(site: Site, browser: Browser, shots: Path) -> None:
    """A cut link says what may have happened, in both languages, with status 404."""
    for name, page in widths(browser):
        answer = page.goto(f"{site.url}/xac-nhan/abc.def.ghi")
        assert answer is not None and answer.status == 404
        assert page.get_by_role("heading", level=1).inner_text() == "Liên kết không hợp lệ" and fits(page)
        page.screenshot(path=shots / f"bad-link-{name}.png", full_page=True)


def test_the_first_page_tells_how_the_parts_are(site: Site, browser: Browser, shots: Path) -> None:
    """Each service is listed with its state and its documentation, also when it does not answer."""
    for name, page in widths(browser):
        page.goto(site.url)
        assert page.get_by_text("không trả lời").count() == 2 and page.get_by_text("chưa sẵn sàng").count() == 1
        assert page.get_by_role("link", name="Tài liệu API").count() == 3 and fits(page)
        page.screenshot(path=shots / f"overview-{name}.png", full_page=True)
