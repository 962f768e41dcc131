"""GET /issues: order, pages, filters, search, territory."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from services.visits.issues import listing
from services.visits.issues.schemas import IssueOutput
from shared import clock
from tests.integration.visits.conftest import BINH_PHU, DISTRICT, MY_THANH, PROVINCE, TOWN, Api, Places, Standing

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def titles(answer: Any) -> list[str]:
    """The titles of a page."""
    assert answer.status_code == 200, answer.json
    return [each["title"] for each in answer.json["items"]]


@pytest.fixture(scope="module")
def some(standing: Standing) -> Api:
    """Five issues, a day apart, in two districts."""
    reports: list[dict[str, Any]] = [
        {"title": "Cầu Ba Lai bị sập", "category": "roads_bridges", "severity": "high"},
        {"title": "Thiếu nước sạch", "category": "water", "kind": "difficulty", "unit": "28993"},
        {"title": "Cống ngăn mặn bị hỏng", "description": "Cửa cống không đóng được, mặn xâm nhập."},
        {"title": "Đề nghị đặt trạm bơm", "kind": "proposal", "severity": "low", "unit": "28993"},
        {"title": "Cầu tạm xuống cấp", "category": "roads_bridges", "severity": "normal", "unit": "28993"},
    ]
    for day, given in enumerate(reports):
        with clock.frozen(START + timedelta(days=day)):
            standing.api.report(**given)
    return standing.api


_NO_WALK = {"WALK": 1, "WALK_IN_PLACES": 1}
_BOUNDED: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "months": _NO_WALK | {"FEW": 0},
    "few": _NO_WALK | {"IN_VAIN": 0},
    "older": _NO_WALK | {"MONTHS": ()},
}


@pytest.fixture(params=_BOUNDED)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """In which way a list that asks for more than places and days is found; each must give the same."""
    for name, bound in _BOUNDED[request.param].items():
        monkeypatch.setattr(listing, name, bound)
    listing.statement.cache_clear()
    yield request.param
    listing.statement.cache_clear()


ALL = ["Cầu tạm xuống cấp", "Đề nghị đặt trạm bơm", "Cống ngăn mặn bị hỏng", "Thiếu nước sạch", "Cầu Ba Lai bị sập"]


def test_the_newest_comes_first(some: Api) -> None:
    """By the instant of the report; each item as its schema says."""
    answer = some.get("/issues")
    assert titles(answer) == ALL
    assert answer.json["next_cursor"] is None
    assert IssueOutput(many=True).validate(answer.json["items"]) == {}


def test_pages_follow_one_another_without_gap_or_repeat(api: Api, places: Places) -> None:
    """A cursor holds its place although new issues arrive."""
    for number in range(5):
        api.report(title=f"Việc {number}")
    first = api.get("/issues", limit=2)
    api.report(title="Mới")
    second = api.get("/issues", limit=2, cursor=first.json["next_cursor"])
    third = api.get("/issues", limit=2, cursor=second.json["next_cursor"])
    assert [*titles(first), *titles(second), *titles(third)] == [f"Việc {number}" for number in (4, 3, 2, 1, 0)]
    assert third.json["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"unit": "83"}, ALL),
        ({"unit": "829"}, [ALL[2], ALL[4]]),
        ({"unit": "28993"}, [ALL[0], ALL[1], ALL[3]]),
        ({"unit": PROVINCE}, ALL),
        ({"unit": DISTRICT}, [ALL[0], ALL[1], ALL[3]]),
        ({"unit": BINH_PHU}, [ALL[2], ALL[4]]),
        ({"unit": "86/"}, []),
        ({"unit": "83/829/28789/1/"}, []),
        ({"state": "reported"}, ALL),
        ({"state": "acknowledged"}, []),
        ({"kind": "proposal"}, [ALL[1]]),
        ({"category": "roads_bridges"}, [ALL[0], ALL[4]]),
        ({"severity": "critical"}, [ALL[2], ALL[3]]),
        ({"category": "roads_bridges", "unit": "829"}, [ALL[4]]),
        ({"reported_from": "2026-03-04"}, ALL[:3]),
        ({"reported_to": "2026-03-03"}, ALL[3:]),
        ({"reported_from": "2026-03-03", "reported_to": "2026-03-03"}, [ALL[3]]),
    ],
)
def test_a_filter_lets_through_what_it_says(some: Api, way: str, query: dict[str, str], found: list[str]) -> None:
    """Places by code or path at any level; days are local and included; conditions hold together."""
    assert titles(some.get("/issues", **query)) == found


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("cau", [ALL[0], ALL[4]]),
        ("CẦU", [ALL[0], ALL[4]]),
        ("cầu sập", [ALL[4]]),
        ("sap cau", [ALL[4]]),
        ("mặn xâm nhập", [ALL[2]]),
        ("de nghi dat", [ALL[1]]),
        ("tram bo", [ALL[1]]),
        ("cống cầu", []),
        ("'cau' | 'tram'", []),
        ("000003", [ALL[2]]),
        ("bt-2026-000003", [ALL[2]]),
        ("BT-2026-000099", []),
    ],
)
def test_a_search_finds_all_words_without_diacritics(some: Api, way: str, q: str, found: list[str]) -> None:
    """In title, description or code; the last word may be unfinished."""
    assert titles(some.get("/issues", q=q)) == found


def test_a_search_goes_on_over_pages(some: Api) -> None:
    """The cursor and the question hold together."""
    first = some.get("/issues", q="cau", limit=1)
    second = some.get("/issues", q="cau", limit=1, cursor=first.json["next_cursor"])
    assert [*titles(first), *titles(second)] == [ALL[0], ALL[4]]


@pytest.mark.parametrize(
    ("territory", "found"),
    [
        ([TOWN], [ALL[2], ALL[4]]),
        ([DISTRICT, BINH_PHU], ALL),
        ([MY_THANH, "86/", TOWN], ALL),
        (["86/"], []),
        ([], []),
        ([f"83/834/{number:05}/" for number in range(30)] + [MY_THANH], [ALL[0], ALL[1], ALL[3]]),
    ],
)
def test_a_client_sees_its_territory_only(some: Api, way: str, territory: list[str], found: list[str]) -> None:
    """Also one made of several places of different levels, merged newest first."""
    client = some.with_token(at=territory)
    assert titles(client.get("/issues")) == found
    page = client.get("/issues", limit=1)
    turned = titles(page)
    while page.json["next_cursor"]:
        page = client.get("/issues", limit=1, cursor=page.json["next_cursor"])
        turned += titles(page)
    assert turned == found
    assert titles(client.get("/issues", q="cau")) == [each for each in found if "Cầu" in each]


def test_a_question_outside_of_the_territory_finds_nothing(some: Api) -> None:
    """Asking for another district is no error and gives nothing away."""
    assert titles(some.with_token(at=[TOWN]).get("/issues", unit="834")) == []


def test_a_foreign_issue_does_not_exist(some: Api) -> None:
    """404 for the issue and for everything below it."""
    issue = some.get("/issues", unit="28993").json["items"][0]
    town = some.with_token(at=[TOWN])
    paths = (
        f"/issues/{issue[key]}{below}" for key in ("id", "code") for below in ("", "/timeline", "/escalations")
    )
    assert {town.get(path).status_code for path in paths} == {404}
    assert town.post(f"/issues/{issue['id']}/escalations", {"reason": "Cần xử lý"}).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unit", "99999"),
        ("unit", "abc"),
        ("unit", "83/829"),
        ("unit", "%/"),
        ("state", "closed"),
        ("kind", "x"),
        ("category", "nothing"),
        ("severity", "x"),
        ("reported_from", "02/03/2026"),
        ("reported_from", "0001-01-01"),
        ("reported_to", "9999-12-31"),
        ("reported_to", "2026-02-30"),
        ("q", "..."),
        ("q", "x" * 201),
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "ten"),
        ("cursor", "abc"),
        ("cursor", "WzEsMl0"),
        ("sort", "title"),
    ],
)
def test_a_bad_question_names_its_field(some: Api, field: str, value: str) -> None:
    """422, and which argument it is."""
    answer = some.get("/issues", **{field: value})
    assert (answer.status_code, set(answer.json["errors"])) == (422, {field})


@pytest.mark.parametrize(
    "reference",
    [
        "nothing",
        "BT-2026-000099",
        "BT-2026",
        "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d11",
        "urn:uuid:0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d11",
        "'; --",
    ],
)
def test_what_is_not_there_is_not_found(some: Api, reference: str) -> None:
    """404 for what is no id and no code as well as for one that was never given."""
    assert some.get(f"/issues/{reference}").status_code == 404


def test_categories_come_in_their_order(api: Api) -> None:
    """Twelve at the top to begin with, each followed by those below it, the catch-all last."""
    items = api.get("/categories").json["items"]
    assert (len(items), items[-1]["code"]) == (18, "other")
    assert items[0] == {
        "code": "water",
        "name_vi": "Nước sạch",
        "name_en": "Clean water",
        "position": 10,
        "active": True,
        "parent": None,
        "needs_evidence": True,
        "urgent": False,
        "source": "Mặc định của hệ thống; chưa có văn bản quy định",
        "version": 1,
    }
    assert len([each for each in items if each["parent"] is None]) == 12
    salt = next(each for each in items if each["code"] == "salt_intrusion")
    assert items[items.index(salt) - 1]["code"] == salt["parent"] == "irrigation_salinity"


def test_units_are_looked_up_without_diacritics(api: Api, places: Places) -> None:
    """By words of the name or digits of the code, inside the territory, with their full names."""
    [found] = api.get("/units", q="binh phu").json["items"]
    assert found["full_name"] == "Xã Bình Phú, Thành phố Bến Tre, Tỉnh Bến Tre"
    assert [each["code"] for each in api.get("/units", q="289").json["items"]] == ["28993"]
    communes = api.with_token(at=[DISTRICT]).get("/units", level="commune").json["items"]
    assert [each["name"] for each in communes] == ["Xã Mỹ Thạnh"]


def test_units_come_in_pages(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """By path, so that a district stands before its communes."""
    first = api.get("/units", limit=3).json
    second = api.get("/units", limit=3, cursor=first["next_cursor"]).json
    assert [each["path"] for each in first["items"] + second["items"]] == sorted(places.units)
