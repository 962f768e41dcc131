"""Units over HTTP."""

from collections.abc import Callable

from shared.text import fold
from tests.integration.assignments.conftest import Api


def test_districts_of_a_province_are_listed(api: Api) -> None:
    """The districts of Bến Tre are the nine directly under it."""
    districts = api.items("/units?parent=83")
    assert [each["code"] for each in districts] == ["829", "831", "832", "833", "834", "835", "836", "837", "838"]
    assert {each["level"] for each in districts} == {"district"}


def test_names_are_found_without_diacritics(api: Api) -> None:
    """A search without diacritics finds the name with them."""
    assert [each["name"] for each in api.items("/units?q=xa+my+thanh&parent=834") if each["code"] == "28993"] == [
        "Xã Mỹ Thạnh"
    ]
    hits = api.items("/units?q=THẠNH&level=commune&limit=200")
    assert len(hits) > 10 and all("thanh" in fold(each["name"]) for each in hits)


def test_pages_follow_one_another(api: Api) -> None:
    """Following the cursors gives every unit once, from the top down."""
    paths, cursor = [], ""
    while True:
        page = api.get(f"/units?limit=50{cursor}").json
        assert page
        paths += [each["path"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(paths) == 158
    assert paths == sorted(paths) and paths[0] == "83/"


def test_units_are_dated(api: Api) -> None:
    """Before the code list was set up there was no unit of it."""
    assert api.items("/units?at=2004-07-07") == []
    assert len(api.items("/units?at=2004-07-08&code=83")) == 1


def test_one_unit_is_read_with_its_place(api: Api) -> None:
    """A commune says where it stands and how its issues' codes begin."""
    [found] = api.items("/units?code=28993")
    unit = api.get(f"/units/{found['id']}").json
    assert unit and unit["path"] == "83/834/28993/"
    assert (unit["province_code"], unit["province_abbreviation"], unit["version"]) == ("83", "BT", 1)
    assert (unit["valid_from"], unit["valid_to"]) == ("2004-07-08", None)


def test_a_territory_narrows_lists_and_hides_what_is_outside(api: Api, api_with: Callable[..., Api]) -> None:
    """A district's client reads its own units only; others are not found."""
    district = api_with(territories=["83/834/"])
    assert {each["path"][:7] for each in district.items("/units?limit=200")} == {"83/834/"}
    [other] = api.items("/units?code=829")
    assert district.get(f"/units/{other['id']}").status_code == 404


def test_unknown_level_and_parent_are_named(api: Api) -> None:
    """A filter that cannot be meant is refused, naming it."""
    for query, field in (
        ("level=region", "level"),
        ("parent=99", "parent"),
        ("parent=abc", "parent"),
        ("at=x", "at"),
    ):
        answer = api.get(f"/units?{query}")
        assert answer.status_code == 422 and field in (answer.json or {})["errors"]
