"""Officials over HTTP."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from tests.integration.assignments.conftest import Api, Desk


def test_an_official_is_added_and_read(api: Api) -> None:
    """What was given comes back normalised, with a version and an ETag."""
    given = {
        "full_name": "  Nguyễn Thị Hòa ",
        "given_name": "Hòa",
        "email": "hoa.nguyen@bentre.example",
        "phone": "0912 345 678",
        "home_body": "Hội Nông dân tỉnh",
        "unit": "83",
        "language": "vi",
    }
    answer = api.post("/officials", given)
    assert answer.status_code == 201 and answer.headers["ETag"] == '"1"'
    made = answer.json
    assert made and (made["full_name"], made["phone"]) == ("Nguyễn Thị Hòa", "+84912345678")
    assert api.client.get(answer.headers["Location"], headers=api.headers).json == made


def test_a_change_needs_the_version_it_was_made_from(api: Api, desk: Desk) -> None:
    """Without If-Match 428, with an old one 412, with the right one the version grows."""
    path = f"/officials/{desk.official()['id']}"
    assert api("PATCH", path, {"active": False}).status_code == 428
    assert api("PATCH", path, {"active": False}, **{"If-Match": '"7"'}).status_code == 412
    changed = api("PATCH", path, {"active": False}, **{"If-Match": '"1"'})
    assert changed.status_code == 200 and changed.json
    assert (changed.json["active"], changed.json["version"], changed.headers["ETag"]) == (False, 2, '"2"')


def test_a_change_that_changes_nothing_is_no_event(api: Api, desk: Desk, sessions: sessionmaker[Session]) -> None:
    """The version grows, and an event is recorded, only when something differs."""
    official = desk.official("Lê Thị Bé")
    same = api("PATCH", f"/officials/{official['id']}", {"full_name": "Lê Thị Bé"}, **{"If-Match": '"1"'})
    assert same.json and same.json["version"] == 1
    with sessions() as session:
        told = "SELECT count(*) FROM outbox WHERE type LIKE '%official.changed%'"
        assert session.scalar(text(told)) == 1


def test_contact_details_are_for_those_who_manage(desk: Desk, api_with: Callable[..., Api]) -> None:
    """E-mail and phone are absent from answers to a token without assignments:write."""
    official = desk.official(email="an@bentre.example")
    reader = api_with(scopes=["assignments:read"])
    for seen in (reader.get(f"/officials/{official['id']}").json, reader.items("/officials")[0]):
        assert seen and seen["full_name"] == official["full_name"]
        assert "email" not in seen and "phone" not in seen


def test_officials_sort_by_given_name_in_vietnamese(api: Api, desk: Desk) -> None:
    """A before Ă before Â, D before Đ, tones only after the letters; also across pages."""
    names = ["Trần Văn Đông", "Lê Ấn", "Phan An", "Võ Dũng", "Bùi Ăn", "Đỗ Thị Án", "Lý Anh", "Ngô Thị Ân"]
    for name in names:
        desk.official(name)
    first = api.get("/officials?limit=5").json
    assert first
    second = api.get(f"/officials?limit=5&cursor={first['next_cursor']}").json
    assert second and second["next_cursor"] is None
    ordered = [each["given_name"] for each in first["items"] + second["items"]]
    assert ordered == ["An", "Án", "Anh", "Ăn", "Ân", "Ấn", "Dũng", "Đông"]


def test_homonyms_are_two_people(desk: Desk, api: Api) -> None:
    """Two officials may bear one name; the id tells them apart."""
    assert desk.official("Nguyễn Văn An")["id"] != desk.official("Nguyễn Văn An")["id"]
    assert len(api.items("/officials?q=nguyen van an")) == 2


WRONG: list[tuple[str, object]] = [
    ("email", "an@bentre.example\r\nBcc: all@bentre.example"),
    ("email", "an@bentre.example\nX: y"),
    ("email", "no address"),
    ("email", "an@" + "b" * 300 + ".example"),
    ("phone", "1022"),
    ("phone", "0912"),
    ("phone", "+84 912 345 678 ext. 5"),
    ("full_name", "Nguyễn\x00An"),
    ("full_name", "Nguyễn\nAn"),
    ("full_name", "  "),
    ("full_name", "x" * 101),
    ("given_name", 5),
    ("language", "fr"),
    ("unit", "99999"),
    ("unit", "nowhere"),
    ("unit", "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33"),
    ("home_body", ["x"]),
    ("rank", "unknown field"),
]


def test_bad_input_is_named_and_changes_nothing(
    api: Api, sessions: sessionmaker[Session], subtests: pytest.Subtests
) -> None:
    """A wrong field answers 422 naming it, and no official is added."""
    for field, value in WRONG:
        with subtests.test(field=field, value=value):
            given = {"full_name": "Nguyễn Văn An", "given_name": "An", "unit": "83", field: value}
            answer = api.post("/officials", given)
            assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
            assert answer.json and list(answer.json["errors"]) == [field]
    with sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM officials")) == 0


def test_who_sees_whom(desk: Desk, api_with: Callable[..., Api]) -> None:
    """A district sees its own officials and those of the units above it, but changes only its own."""
    provincial, own = desk.official("Trần Văn Tỉnh"), desk.official("Lê Văn Huyện", unit="834")
    other = desk.official("Võ Văn Khác", unit="829")
    district = api_with(territories=["83/834/"])
    assert {each["id"] for each in district.items("/officials")} == {provincial["id"], own["id"]}
    assert district.get(f"/officials/{other['id']}").status_code == 404
    version = {"If-Match": '"1"'}
    assert district("PATCH", f"/officials/{own['id']}", {"active": False}, **version).status_code == 200
    assert district("PATCH", f"/officials/{provincial['id']}", {"active": False}, **version).status_code == 403
    foreign = {"full_name": "A B", "given_name": "B", "unit": "829"}
    assert district.post("/officials", foreign).status_code == 403
