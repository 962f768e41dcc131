"""The coordinator's first hour in a browser: who is missing, and a sheet that brings people in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser

from services.assignments.bulk.working import work_off_imports
from services.assignments.units.model import Unit
from shared.ids import uuid7
from tests.e2e.conftest import widths
from tests.e2e.office import Office, office
from tests.support.databases import Databases
from tests.support.places import province

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def site(databases: Databases) -> Iterator[Office]:
    """An office of a province with one district, one commune and nobody who follows them."""
    with office(databases) as found:
        with found.assignments.sessions.begin() as session:
            above = session.query(Unit).one()
            for code, name, kind, level in (
                ("829", "Thành phố Bến Tre", "thanh_pho", "district"),
                ("28789", "Xã Bình Phú", "xa", "commune"),
            ):
                unit = province(uuid7())
                unit.code, unit.name, unit.kind, unit.level = code, name, kind, level
                unit.path, unit.parent_id = f"{above.path}{code}/", above.id
                session.add(unit)
                session.flush()
                above = unit
        yield found


def test_who_is_missing_is_seen_and_a_sheet_brings_people_in(
    site: Office, browser: Browser, shots: Path, tmp_path: Path
) -> None:
    """On a phone and at a desk, without scripts: the places where nobody acts; the sheet as it is downloaded,
    filled in, with a fault, looked through, and applied."""
    signed_in = None
    for name, page in widths(browser, java_script_enabled=False, accept_downloads=True):
        if signed_in is None:
            site.sign_in(page)
            signed_in = page.context.cookies()
        page.context.add_cookies(signed_in)
        page.goto(f"{site.url}/tai-khoan")
        page.get_by_role("link", name="Phân công: nơi đủ, nơi thiếu").click()
        page.get_by_role("link", name="Tỉnh Bến Tre").click()
        main = page.locator("main")
        assert "Xã Bình Phú" in main.inner_text()
        assert "Cán bộ tỉnh theo dõi" in main.inner_text() and "đang thiếu" in main.inner_text()
        assert page.locator("meter").first.get_attribute("value") == "0.0"
        page.screenshot(path=shots / f"coverage-{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.get_by_role("link", name="Thành phố Bến Tre", exact=True).first.click()
        assert page.get_by_role("heading", level=1).inner_text() == "Thành phố Bến Tre"

        page.goto(f"{site.url}/bang-tinh")
        officials = page.locator("li", has_text="Cán bộ").filter(has_text="Mẫu trống").first
        with page.expect_download() as begun:
            officials.get_by_role("link", name="Mẫu trống").click()
        path = tmp_path / f"{name}.xlsx"
        begun.value.save_as(path)
        book = load_workbook(path)
        sheet = book.worksheets[0]
        heads = {str(cell.value): cell.column for line in (2, 1) for cell in sheet[line]}
        row = {"staff_code": f"CB-{name}", "full_name": "Lê Hoàng Phúc", "given_name": "Phúc", "unit": "83"}
        sheet.delete_rows(3, sheet.max_row)
        for field, value in row.items():
            sheet.cell(3, heads[field], value)
        for fault, email, check in ((True, "phuc@", True), (False, f"phuc-{name}@bentre.example", False)):
            sheet.cell(3, heads["email"], email)
            book.save(path)
            page.goto(f"{site.url}/bang-tinh")
            page.locator("#kind").select_option("officials")
            page.locator("#file").set_input_files(path)
            page.locator("input[name=dry_run]").set_checked(check)
            page.get_by_role("button", name="Nhập").click()
            assert "đang chờ" in main.inner_text()
            work_off_imports(site.assignments.sessions)
            page.reload()
            said = main.inner_text()
            page.screenshot(path=shots / f"import-{name}-{fault}.png", full_page=True)
            if fault:
                assert "có lỗi, chưa ghi gì" in said and "không phải địa chỉ thư điện tử" in said
            else:
                assert "đã ghi tất cả" in said and "thêm mới\n1" in said.lower()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
