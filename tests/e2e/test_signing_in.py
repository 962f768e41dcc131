"""From the invitation in the hand to signing out, in a browser."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from services.assignments.accounts import totp
from services.assignments.accounts.actions import invite
from services.assignments.app import create_app as assignments_app
from services.assignments.officials.model import Official
from services.assignments.roles.actions import grant
from services.assignments.settings import Settings
from services.assignments.units.model import Unit
from services.portal.account_pages import qr_code
from services.portal.app import create_app as portal_app
from services.portal.settings import Settings as PortalSettings
from shared import clock
from shared.ids import uuid7
from shared.web.service import ServiceApp
from tests.e2e.conftest import serve, widths
from tests.support.databases import Databases
from tests.support.openid import CLIENT_ID, CLIENT_SECRET, openid_server
from tests.support.places import province

pytestmark = pytest.mark.xdist_group("browser")

EMAIL = "dao.nguyen@bentre.example"
PASSWORD = "bốn chiếc thuyền xuôi dòng"


@dataclass
class Site:
    """A running portal, and the assignments API behind it."""

    url: str
    portal: Flask
    api: ServiceApp

    def invitation(self) -> str:
        """The link that an official of Bến Tre, its auditor, was sent."""
        with self.api.sessions.begin() as session:
            unit = session.query(Unit).filter_by(code="83").one()
            person = Official.known_as(
                unit, "Nguyễn Thị Hồng Đào", "Đào", email=EMAIL, phone=None, home_body=None, language="vi"
            )
            session.add(person)
            session.flush()
            grant(session, person, "auditor", "Quyết định 15", unit)
            _, _, token = invite(session, person)
        return f"{self.url}/mat-khau/{token}"


@pytest.fixture
def site(databases: Databases) -> Iterator[Site]:
    """A running site."""
    with running(databases, {}) as found:
        yield found


@contextmanager
def running(databases: Databases, more: dict[str, str]) -> Iterator[Site]:
    """The portal on a port of its own; the API behind it on a Unix socket. `more`: its settings."""
    with ExitStack() as stack:
        socket = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cn-"))) / "api.sock"
        names = {f"CAUNOI_{each}_API_URL": f"unix:{socket}" for each in ("ASSIGNMENTS", "VISITS", "NOTIFICATIONS")}
        portal = portal_app(PortalSettings.from_env(names))
        url = f"http://127.0.0.1:{serve(stack, portal, '127.0.0.1')}"
        api = assignments_app(
            Settings.from_env(
                {
                    "CAUNOI_ASSIGNMENTS_DATABASE_URL": databases.fresh("assignments"),
                    "CAUNOI_REDIS_URL": "redis://127.0.0.1:1/0",
                    "CAUNOI_PUBLIC_URL": url,
                    "CAUNOI_SECRET_KEY": "k" * 40,
                }
                | more
            )
        )
        bind = api.sessions.kw["bind"]
        assert isinstance(bind, Engine)
        stack.callback(bind.dispose)
        with api.sessions.begin() as session:
            session.add(province(uuid7()))
        serve(stack, api, f"unix://{socket}")
        yield Site(url, portal, api)


def fits(page: Page) -> bool:
    """Nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def submit(page: Page, button: str, **fields: str) -> None:
    """Fill in a form and send it."""
    for name, value in fields.items():
        page.locator(f"input[name={name}]").last.fill(value)
    page.get_by_role("button", name=button, exact=True).last.click()


def test_from_the_invitation_to_signing_out(site: Site, browser: Browser, shots: Path) -> None:
    """Choose a password, sign in, turn on the second factor, sign out; then sign in with a code."""
    link = site.invitation()
    secret = ""
    for name, page in widths(browser, java_script_enabled=False):
        faults: list[str] = []
        page.on("console", lambda line, seen=faults: seen.append(line.text))

        def shot(what: str, page: Any = page, name: str = name) -> None:
            assert page.locator("html").get_attribute("lang") == "vi"
            page.screenshot(path=shots / f"{what}-{name}.png", full_page=True)

        if name == "phone":
            page.goto(link)
            shot("choose-password")
            submit(page, "Lưu", password="password1234", again="password1234")
            assert "rất dễ bị đoán" in page.get_by_role("alert").inner_text()
            submit(page, "Lưu", password=PASSWORD, again=PASSWORD)
            assert page.get_by_role("heading", level=1).inner_text() == "Đã đặt mật khẩu"
            page.goto(link)
            submit(page, "Lưu", password=PASSWORD, again=PASSWORD)
            assert page.get_by_role("heading", level=1).inner_text() == "Liên kết đã dùng hoặc hết hạn"
        page.goto(f"{site.url}/tai-khoan")
        assert page.url.endswith("/dang-nhap")
        submit(page, "Đăng nhập", email=EMAIL, password="một mật khẩu khác")
        assert "không đúng" in page.get_by_role("alert").inner_text()
        shot("sign-in")
        submit(page, "Đăng nhập", email=EMAIL, password=PASSWORD)
        if secret:
            shot("code")
            submit(page, "Tiếp tục", code=totp.code_at(secret, int(clock.now().timestamp()) // 30 + 1))
        assert page.get_by_role("heading", level=1).inner_text() == "Nguyễn Thị Hồng Đào"
        assert page.get_by_text("Kiểm tra, giám sát").is_visible()
        shot("account")
        if not secret:
            page.get_by_role("button", name="Bật").click()
            secret = page.locator("code").inner_text().replace(" ", "")
            address = page.get_by_role("link", name="Mở ứng dụng xác thực").get_attribute("href")
            drawn = page.get_by_role("img", name="Mã QR").locator("path.qrline").get_attribute("d")
            assert address.startswith("otpauth://totp/") and f'd="{drawn}"' in qr_code(address)
            shot("authenticator")
            submit(page, "Tiếp tục", code=totp.code_at(secret, int(clock.now().timestamp()) // 30))
            assert page.locator("code").count() == 10
            shot("recovery")
            page.get_by_role("link", name="Về tài khoản").click()
        kept = {each["name"]: each for each in page.context.cookies()}
        assert all(each["httpOnly"] and each["sameSite"] == "Lax" for each in kept.values())
        assert {"cn_access", "cn_refresh", "cn_form"} == set(kept)
        page.get_by_role("button", name="Đăng xuất", exact=True).click()
        assert page.url.endswith("/dang-nhap")
        assert {"cn_form"} == {each["name"] for each in page.context.cookies()}
        page.goto(f"{site.url}/tai-khoan")
        assert page.url.endswith("/dang-nhap")
        said = [each for each in faults if "status of 4" not in each and not each.startswith("[DOM]")]
        assert said == []  # refused forms, and hints to their authors


def test_forms_of_other_sites_are_refused(site: Site) -> None:
    """Without the browser's own token, with another's, or sent from elsewhere: 403, and nothing happens."""
    http = site.portal.test_client()
    page = http.get("/dang-nhap")
    cookie = http.get_cookie("cn_form")
    assert cookie and cookie.value in page.text and page.headers["Cache-Control"] == "no-store"
    good = {"email": EMAIL, "password": PASSWORD, "form": cookie.value}
    for form, headers in (
        (good | {"form": ""}, {}),
        (good | {"form": "x" * 43}, {}),
        (good, {"Sec-Fetch-Site": "cross-site"}),
        (good, {"Sec-Fetch-Site": "same-site"}),
    ):
        assert http.post("/dang-nhap", data=form, headers=headers).status_code == 403
    assert http.post("/dang-nhap", data=good).status_code == 401
    assert site.portal.test_client().post("/dang-xuat", data=good).status_code == 403


def test_who_renews_twice_at_once_stays_signed_in(site: Site) -> None:
    """When the access token has run out, two tabs renew with one refresh token: both get in, one keeps the next."""
    http = site.portal.test_client()
    token = site.invitation().rpartition("/")[2]
    http.get("/dang-nhap")
    form = {"form": http.get_cookie("cn_form").value}  # type: ignore[union-attr]
    chosen = form | {"password": PASSWORD, "again": PASSWORD}
    assert http.post(f"/mat-khau/{token}", data=chosen).status_code == 200
    assert http.post("/dang-nhap", data=form | {"email": EMAIL, "password": PASSWORD}).status_code == 303
    old = http.get_cookie("cn_refresh").value  # type: ignore[union-attr]
    http.delete_cookie("cn_access")
    assert http.get("/tai-khoan").status_code == 200
    assert http.get_cookie("cn_refresh").value != old  # type: ignore[union-attr]
    other = site.portal.test_client()
    other.set_cookie("cn_refresh", old)
    assert other.get("/tai-khoan").status_code == 200 and other.get_cookie("cn_refresh").value == old  # type: ignore[union-attr]
    assert http.get("/tai-khoan").status_code == 200
    assert http.post("/tai-khoan/dang-xuat-moi-noi", data=form).status_code == 303
    other.delete_cookie("cn_access")
    assert other.get("/tai-khoan").status_code == 303


def test_a_browser_comes_back_from_the_provider(databases: Databases) -> None:
    """The link leads to the provider, what comes back signs in, and only the browser that began it."""
    with openid_server() as provider, ExitStack() as stack:
        settings = {
            "CAUNOI_OIDC_ISSUER": provider.url,
            "CAUNOI_OIDC_CLIENT_ID": CLIENT_ID,
            "CAUNOI_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "CAUNOI_OIDC_NAME": "Cổng tỉnh",
        }
        site = stack.enter_context(running(databases, settings))
        site.invitation()
        provider.claims = {"email": EMAIL, "email_verified": True}
        http, other = site.portal.test_client(), site.portal.test_client()
        assert "Đăng nhập bằng Cổng tỉnh" in http.get("/dang-nhap?lang=vi").text
        sent = http.get("/dang-nhap/oidc/bat-dau")
        assert sent.status_code == 302 and sent.location.startswith(provider.url)
        back = provider.approve(sent.location)
        assert other.get("/dang-nhap/oidc", query_string=back).status_code in (401, 422)
        assert http.get("/dang-nhap/oidc", query_string=back).location == "/tai-khoan"
        assert "Nguyễn Thị Hồng Đào" in http.get("/tai-khoan").text
        assert http.get("/dang-nhap/oidc?error=access_denied&lang=vi").status_code in (401, 422)
