"""A review campaign in a browser: begun, decided, looked at before, applied."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from services.assignments.assignments.model import Assignment
from services.assignments.officials.model import Official
from services.assignments.units.model import Unit
from shared import clock
from shared.ids import uuid7
from tests.e2e.office import Office, office
from tests.support.databases import Databases
from tests.support.places import province

pytestmark = pytest.mark.xdist_group("browser")

PEOPLE = ("Lê Hoàng Phúc", "Trần Văn Bình", "Võ Thị Dung", "Võ Thị Dung", "Võ Thị Dung Hạnh")
READER = "binh.tran@bentre.example"


@pytest.fixture
def site(databases: Databases) -> Iterator[Office]:
    """An office of a province with two districts, each with an overseer, and three officials more, two of one
    name."""
    with office(databases) as found:
        with found.assignments.sessions.begin() as session:
            above = session.query(Unit).one()
            people = [
                Official.known_as(
                    above,
                    name,
                    name.split()[-1],
                    staff_code=f"BT-{n}",
                    email=READER if n == 1 else None,
                    phone=None,
                    home_body=None,
                    language="vi",
                )
                for n, name in enumerate(PEOPLE)
            ]
            session.add_all(people)
            session.flush()
            for code, name, person in (("829", "Thành phố Bến Tre", 0), ("834", "Huyện Giồng Trôm", 1)):
                unit = province(uuid7())
                unit.code, unit.name, unit.kind, unit.level = code, name, "huyen", "district"
                unit.path, unit.parent_id = f"{above.path}{code}/", above.id
                session.add(unit)
                session.flush()
                session.add(
                    Assignment(
                        id=uuid7(),
                        version=1,
                        official_id=people[person].id,
                        post_code="district_overseer",
                        unit_id=unit.id,
                        territory_id=unit.id,
                        legal_basis="Quyết định 182",
                        valid_from=clock.today() - timedelta(days=400),
                    )
                )
        yield found


def test_a_campaign_from_its_beginning_to_its_effect(site: Office, browser: Browser, shots: Path) -> None:
    """At a desk and, to read, on a phone, without scripts: what is wrong is said, changes nothing, keeps what was
    typed; of two with one name one is chosen; a change is shown before it becomes real, and what was decided after
    that is not applied unseen; what nobody decided on is kept only if that is asked for; another is cancelled."""
    today = clock.today()
    pages = dict(widths_of(browser))
    page = pages["desktop"]
    site.sign_in(page)
    main = page.locator("main")
    page.goto(f"{site.url}/tai-khoan")
    page.get_by_role("link", name="Rà soát phân công").click()
    assert "Chưa có đợt rà soát nào" in main.inner_text()
    given = {
        "name": "Rà soát năm 2026",
        "unit": "99",
        "deadline": str(today + timedelta(days=10)),
        "effective_on": str(today + timedelta(days=20)),
        "legal_basis": "Kế hoạch 45",
    }
    for name, value in given.items():
        page.locator(f"#{name}").fill(value)
    page.locator("input[value=district_overseer]").check()
    page.get_by_role("button", name="Mở đợt rà soát").click()
    assert "Không có đơn vị hành chính nào" in page.get_by_role("alert").inner_text()
    assert page.locator("#name").input_value() == given["name"]
    page.locator("#unit").fill("83")
    page.get_by_role("button", name="Mở đợt rà soát").click()
    assert page.get_by_role("heading", level=1).inner_text() == given["name"]
    assert "0/2" in main.inner_text()

    address = page.url
    page.get_by_role("link", name="chưa quyết định").click()
    item = page.locator("section", has_text=f"{PEOPLE[0]}: ")
    item.locator("select").select_option("change")
    item.locator("input[name=official]").fill("không có ai")
    item.locator("textarea[name=reason]").fill("Chuyển công tác.")
    item.get_by_role("button", name="Quyết định").click()
    assert "đúng một cán bộ khác" in page.get_by_role("alert").inner_text()
    assert item.locator("select").input_value() == "change"
    assert item.locator("textarea[name=reason]").input_value() == "Chuyển công tác."
    item.locator("input[name=official]").fill(PEOPLE[2].upper())
    item.get_by_role("button", name="Quyết định").click()
    assert "Có nhiều người như vậy" in page.get_by_role("alert").inner_text()
    assert item.locator("input[name=successor]").count() == 3
    page.screenshot(path=shots / "review-item-desktop.png", full_page=True)
    item.locator("label", has_text="BT-3").click()
    item.get_by_role("button", name="Quyết định").click()
    assert page.get_by_role("alert").count() == 0 and "1/2" in main.inner_text()
    assert page.url.startswith(f"{address}?decision=undecided") and item.count() == 0
    page.goto(address)
    page.screenshot(path=shots / "review-desktop.png", full_page=True)
    phone = pages["phone"]
    phone.context.add_cookies(page.context.cookies())
    for path, what in (("", "review"), ("/ap-dung", "review-preview")):
        phone.goto(f"{address}{path}")
        phone.screenshot(path=shots / f"{what}-phone.png", full_page=True)
        assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.goto(f"{site.url}/ra-soat")
    assert "1/2" in phone.locator("main").inner_text()
    phone.screenshot(path=shots / "reviews-phone.png", full_page=True)

    page.goto(f"{address}/ap-dung")
    assert PEOPLE[0] in main.inner_text() and PEOPLE[2] in main.inner_text()
    meanwhile = page.context.new_page()
    meanwhile.goto(address)
    item = meanwhile.locator("section", has_text=f"{PEOPLE[0]}: ")
    item.get_by_text("Quyết định", exact=True).first.click()
    item.locator("textarea[name=reason]").fill("Nhận việc khác.")
    item.locator("input[name=official]").fill("bt-3")
    item.get_by_role("button", name="Quyết định").click()
    page.get_by_role("button", name="Áp dụng tất cả").click()
    assert "Có người vừa thay đổi" in page.get_by_role("alert").inner_text()
    page.get_by_role("button", name="Áp dụng tất cả").click()
    assert "Còn phân công chưa quyết định" in page.get_by_role("alert").inner_text()
    page.get_by_label("Giữ nguyên những phân công chưa quyết định").check()
    page.get_by_role("button", name="Áp dụng tất cả").click()
    assert "đã áp dụng" in main.inner_text() and page.locator("form textarea").count() == 0
    page.get_by_role("link", name="Các quyết định").click()
    for said in ("Chuyển công tác.", "Nhận việc khác.", PEOPLE[0], "Thành phố Bến Tre", PEOPLE[2], "Hồng Đào"):
        assert said in main.inner_text()
    page.screenshot(path=shots / "review-history-desktop.png", full_page=True)
    with site.assignments.sessions() as session:
        held = session.execute(
            select(Official.staff_code, Assignment.valid_from).join(Assignment.official).order_by(Assignment.id)
        )
        assert ("BT-3", today + timedelta(days=20)) in [tuple(each) for each in held]
    page.goto(f"{site.url}/ra-soat")
    for name, value in (given | {"unit": "834"}).items():
        page.locator(f"#{name}").fill(value)
    page.locator("input[value=district_overseer]").check()
    page.get_by_role("button", name="Mở đợt rà soát").click()
    reader = phone.context.browser.new_context(locale="vi-VN", java_script_enabled=False).new_page()
    site.sign_in(reader, READER)
    reader.goto(page.url)
    assert reader.locator("h1").inner_text() == given["name"], reader.url
    assert reader.locator("main form").count() == 0 and reader.get_by_text("Hủy đợt rà soát").count() == 0
    reader.context.close()
    page.get_by_text("Hủy đợt rà soát").first.click()
    page.locator("#why").fill("Chờ sắp xếp đơn vị.")
    page.get_by_role("button", name="Hủy đợt rà soát").click()
    assert "đã hủy" in main.inner_text() and "Chờ sắp xếp đơn vị." in main.inner_text()
    for each in pages.values():
        each.context.close()


def widths_of(browser: Browser) -> Iterator[tuple[str, Page]]:
    """Both pages at once."""
    for name, width in (("phone", 360), ("desktop", 1280)):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="vi-VN", java_script_enabled=False
        )
        yield name, context.new_page()
