"""The pages of grouped mail before an API that answers what a test wants."""

from typing import Any

import pytest

from services.portal.client import Answer
from tests.unit.portal.conftest import Answering, Asked

ISSUE = {
    "code": "BT-2026-000123",
    "title": "<script>alert(1)</script>",
    "severity": "critical",
    "unit_name": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
    "hamlet_name": None,
    "reason": "Cần xà lan",
    "escalated_at": "2026-03-02T01:45:00+00:00",
}


def answers(acknowledged: str | None = None, subscribed: bool = True) -> Answering:
    """Two matters, and a subscription."""
    item = {"notification_id": "x", "issue": ISSUE, "step": 1, "acknowledged_at": None}
    bundle = {
        "full_name": "Nguyễn <b>Văn</b> An",
        "language": None,
        "items": [item, item | {"acknowledged_at": acknowledged}],
        "expires_at": "2026-04-01T01:45:00+00:00",
    }
    subscription = {"subscribed": subscribed, "language": None}
    return lambda method, path: Answer(200, bundle if "bundle" in path else subscription)


@pytest.mark.parametrize(
    ("page", "asks"), [("xac-nhan-tat-ca", "bundle-acknowledgements"), ("huy-nhan", "unsubscriptions")]
)
def test_opening_a_link_only_reads(portal: Any, asked: Asked, page: str, asks: str) -> None:
    """GET and HEAD acknowledge nothing and unsubscribe nobody: mail scanners open links, too."""
    client = portal(answers())
    assert client.get(f"/{page}/abc").status_code == client.head(f"/{page}/abc").status_code == 200
    assert asked == [("GET", f"/{asks}/abc")] * 2


def test_all_are_listed_with_one_button(portal: Any, asked: Asked) -> None:
    """What people wrote is text; the button says how many are left, and its result is shown by a GET."""
    client = portal(answers("2026-03-02T02:00:00+00:00"))
    body = client.get("/xac-nhan-tat-ca/abc").text
    assert "<script" not in body and body.count("BT-2026-000123") == 2 and "tất cả (1)" in body
    answer = client.post("/xac-nhan-tat-ca/abc", data={"lang": "en"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/xac-nhan-tat-ca/abc?lang=en")
    assert asked[-1] == ("POST", "/bundle-acknowledgements/abc")


def test_one_click_unsubscribes_without_a_redirect(portal: Any, asked: Asked) -> None:
    """What a mail program posts (RFC 8058, 3.2): answered by the page itself, needing no cookie and no language."""
    answer = portal(answers(subscribed=False)).post("/huy-nhan/abc", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200 and "sẽ không nhận bản tin nữa" in answer.text
    assert asked == [("POST", "/unsubscriptions/abc")] and "<button" not in answer.text


@pytest.mark.parametrize("page", ["xac-nhan-tat-ca", "huy-nhan"])
@pytest.mark.parametrize(("status", "shown"), [(404, 404), (410, 410), (429, 429), (500, 503)])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whatever_the_api_answers_there_is_a_page(
    portal: Any, page: str, status: int, shown: int, method: str
) -> None:
    """Wrong, old and hurried links, and a service in trouble."""
    answer = portal(lambda *_: Answer(status, {})).open(f"/{page}/abc", method=method)
    assert answer.status_code == shown and answer.mimetype == "text/html" and "<h1>" in answer.text


def test_a_large_form_is_refused(portal: Any, asked: Asked) -> None:
    """It is not read, and nobody is unsubscribed."""
    answer = portal(answers()).post("/huy-nhan/abc", data={"List-Unsubscribe": "x" * 20_000})
    assert answer.status_code == 413 and asked == []
