"""The portal before an API that answers what a test wants."""

import re
from typing import Any

import pytest

from services.portal.client import Answer, Unreachable, upstream
from services.portal.texts import TEXTS
from tests.unit.portal.conftest import Answering, Asked

NOTIFICATION = {
    "notification_id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1c001",
    "full_name": "Nguyễn <b>Văn</b> An",
    "language": None,
    "reasons": [
        {
            "post": "district_overseer",
            "post_name_vi": "Ủy viên theo dõi huyện",
            "post_name_en": "District overseer",
            "place": "Huyện Giồng Trôm",
            "legal_basis": "Quyết định 182",
            "standing_in_for": None,
        }
    ],
    "step": 1,
    "issue": {
        "code": "BT-2026-000123",
        "title": "<script>alert(1)</script>",
        "kind": "pressing",
        "severity": "critical",
        "unit_name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
        "hamlet_name": None,
        "description": "Nước mặn",
        "reason": "Cần xà lan",
        "escalated_at": "2026-03-02T01:45:00+00:00",
        "escalated_by": "cong-thong-tin-xa",
    },
    "vacancies": [],
    "passed": None,
    "acknowledged_at": None,
    "answer": None,
    "expires_at": "2026-04-01T01:45:00+00:00",
}


def known(method: str, path: str) -> Answer:
    """Every link is good."""
    return Answer(200, NOTIFICATION)


def always(status: int, body: dict[str, Any] | None = None) -> Answering:
    """The same answer to everything."""
    return lambda method, path: Answer(status, body or {})


def gone(method: str, path: str) -> Answer:
    """No service is there."""
    raise Unreachable("nobody")


def test_opening_a_link_only_reads(portal: Any, asked: Asked) -> None:
    """GET and HEAD of the page ask the API with GET: a mail scanner acknowledges nothing."""
    client = portal(known)
    assert client.get("/xac-nhan/abc.DEF").status_code == client.head("/xac-nhan/abc.DEF").status_code == 200
    assert asked == [("GET", "/acknowledgements/abc.DEF")] * 2


@pytest.mark.parametrize(
    ("language", "line", "why"),
    [
        ("vi", "Không liên lạc được với Trần Thị Bé; việc này chuyển đến đồng chí", "chưa có địa chỉ thư"),
        ("en", "Trần Thị Bé could not be reached; this falls to you", "no address is known"),
    ],
)
def test_the_page_says_who_could_not_be_reached(portal: Any, language: str, line: str, why: str) -> None:
    """And why, in words."""
    passed = {"way": "unreached", "full_name": "Trần Thị Bé", "official_id": "x", "reason": "no address"}
    shown = portal(always(200, NOTIFICATION | {"passed": passed})).get(f"/xac-nhan/abc.DEF?lang={language}").text
    assert line in shown and why in shown


def test_the_button_acknowledges_and_shows_the_result_by_a_get(portal: Any, asked: Asked) -> None:
    """The result is a page of its own, so reloading it presses nothing; the language is kept."""
    answer = portal(known).post("/xac-nhan/abc.DEF", data={"lang": "en"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/xac-nhan/abc.DEF?lang=en")
    assert asked == [("POST", "/acknowledgements/abc.DEF")]


def test_a_foreign_language_is_not_passed_on(portal: Any) -> None:
    """Only languages we have reach the address."""
    answer = portal(known).post("/xac-nhan/abc", data={"lang": "//evil.example"})
    assert answer.headers["Location"] == "/xac-nhan/abc"


def test_what_people_wrote_is_text(portal: Any) -> None:
    """Markup in titles and names is shown, not obeyed."""
    body = portal(known).get("/xac-nhan/abc").text
    assert "&lt;script&gt;" in body and "<script" not in body and "Nguyễn &lt;b&gt;Văn" in body


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (always(404), 404, "Liên kết không hợp lệ"),
        (always(410), 410, "Liên kết đã hết hạn"),
        (always(429), 429, "Quá nhiều lần thử"),
        (always(500), 503, "chưa trả lời"),
        (always(503), 503, "chưa trả lời"),
        (gone, 503, "chưa trả lời"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whatever_the_api_answers_there_is_a_page(
    portal: Any, answer: Answering, status: int, words: str, method: str
) -> None:
    """A wrong, an old or a hurried link and a service that is away each have a page that says what to do."""
    page = portal(answer).open("/xac-nhan/abc", method=method)
    assert page.status_code == status and words in page.text and page.mimetype == "text/html"
    assert ("Retry-After" in page.headers) == (status == 503)


@pytest.mark.parametrize(
    ("query", "registered", "browser", "language"),
    [
        ("", None, None, "vi"),
        ("", None, "en-GB,en;q=0.9,vi;q=0.1", "en"),
        ("", None, "fr", "vi"),
        ("", "vi", "en", "vi"),
        ("", "en", "vi", "en"),
        ("?lang=en", "vi", "vi", "en"),
        ("?lang=vi", "en", "en", "vi"),
        ("?lang=fr", "en", "vi", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_person_s_else_the_browser_s(
    portal: Any, query: str, registered: str | None, browser: str | None, language: str
) -> None:
    """Vietnamese unless somebody says otherwise."""
    client = portal(always(200, NOTIFICATION | {"language": registered}))
    headers = {"Accept-Language": browser} if browser else {}
    page = client.get(f"/xac-nhan/abc{query}", headers=headers)
    assert page.headers["Content-Language"] == language and f'<html lang="{language}">' in page.text


@pytest.mark.parametrize("path", ["/", "/xac-nhan/abc", "/nothing", "/healthz", "/portal/assets/portal.css"])
def test_every_answer_is_locked_down(portal: Any, path: str) -> None:
    """No scripts, no frames, nothing from elsewhere, no address given away."""
    answer = portal(known).get(path)
    answer.close()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/", "/xac-nhan/abc", "/nothing"])
def test_pages_load_nothing_from_elsewhere(portal: Any, path: str) -> None:
    """Every address in a page is one of ours; there is no inline script or style."""
    body = portal(known).get(path).text
    targets = re.findall(r'(?:href|src|action)="([^"]*)"', body)
    assert targets and all(each.startswith(("/", "?", "#")) and not each.startswith("//") for each in targets)
    assert "<script" not in body and "style=" not in body and "<style" not in body


def test_the_first_page_lists_every_part(portal: Any) -> None:
    """State and faults of each service, its documentation, and the mailbox where it runs."""
    parts = {"database": "ok", "visits.events": "no sign of life for 20 s"}
    body = portal(always(503, {"ready": False, "parts": parts})).get("/?lang=en").text
    assert body.count("not ready") == 3 and "no sign of life for 20 s" in body and "database" not in body
    assert all(f"/api/{name}/v1/docs/" in body for name in ("assignments", "visits", "notifications"))
    assert 'href="/mailbox"' in body


def test_the_first_page_stands_alone(portal: Any) -> None:
    """With every service away it still answers, and says so."""
    page = portal(gone).get("/?lang=en")
    assert page.status_code == 200 and page.text.count("does not answer") == 3


@pytest.mark.parametrize(("answer", "status"), [(always(200), 200), (always(500), 503), (gone, 503)])
def test_it_is_ready_when_links_can_be_shown(portal: Any, answer: Answering, status: int) -> None:
    """Readiness is that of the API behind the links; being alive needs nobody."""
    client = portal(answer)
    assert client.get("/portal/readyz").status_code == status and client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PUT", "/xac-nhan/abc", 405), ("POST", "/", 405), ("GET", "/xac-nhan/", 404)],
)
def test_wrong_addresses_and_methods_get_a_page(portal: Any, method: str, path: str, status: int) -> None:
    """Also what nobody should ask for is answered as a page, with Allow where it belongs."""
    answer = portal(known).open(path, method=method)
    assert answer.status_code == status and answer.mimetype == "text/html" and "<h1>" in answer.text
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_large_form_is_refused(portal: Any, asked: Asked) -> None:
    """A form of more than 16 kB is not read, and nothing is acknowledged."""
    answer = portal(known).post("/xac-nhan/abc", data={"lang": "x" * 20_000})
    assert answer.status_code == 413 and asked == []


def test_every_text_is_there_in_both_languages() -> None:
    """Nothing is left untranslated, and Vietnamese is not the English text."""
    assert all(len(pair) == 2 and all(pair) for pair in TEXTS.values())
    assert {name for name, (vi, en) in TEXTS.items() if vi == en} == {"brand"}


@pytest.mark.parametrize("raw", ["unix:/run/api.sock", "http://127.0.0.1:8000", "https://api.example/"])
def test_a_service_is_reached_over_tcp_or_a_socket(raw: str) -> None:
    """Both kinds of address are understood."""
    assert upstream(raw) == raw.rstrip("/")


@pytest.mark.parametrize("raw", ["", "unix:api.sock", "ftp://x", "127.0.0.1:80"])
def test_a_wrong_address_of_a_service_stops_the_start(raw: str) -> None:
    """What cannot be an address is refused by name."""
    with pytest.raises(ValueError, match=r"expected http"):
        upstream(raw)
