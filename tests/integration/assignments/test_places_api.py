"""Hamlets and clusters over HTTP."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from tests.integration.assignments.conftest import Api, Desk

VERSION_1 = {"If-Match": '"1"'}


def test_a_hamlet_is_added_renamed_and_ended(api: Api, sessions: sessionmaker[Session]) -> None:
    """A hamlet stands under its commune, and every change of it is told with a growing version."""
    hamlet = api.made("/hamlets", unit="28993", name="Ấp Bình Thành", valid_from="2020-01-01")
    assert hamlet["unit"]["name"] == "Xã Mỹ Thạnh"
    path = f"/hamlets/{hamlet['id']}"
    assert api("PATCH", path, {"name": "Ấp 1"}).status_code == 428
    renamed = api("PATCH", path, {"name": "Ấp 1"}, **VERSION_1)
    assert renamed.json and renamed.json["name"] == "Ấp 1"
    assert api("PATCH", path, {"valid_to": "2021-01-01"}, **VERSION_1).status_code == 412
    assert api("PATCH", path, {"valid_to": "2021-01-01"}, **{"If-Match": '"2"'}).status_code == 200
    assert api.items("/hamlets?unit=28993") == []
    assert [each["name"] for each in api.items("/hamlets?unit=28993&at=2020-12-31&q=ap")] == ["Ấp 1"]
    told = (
        "SELECT CAST(body AS jsonb)->>'subjectversion' FROM outbox WHERE type LIKE '%hamlet.changed%' ORDER BY seq"
    )
    with sessions() as session:
        assert session.scalars(text(told)).all() == ["1", "2", "3"]


def test_a_commune_has_one_hamlet_of_a_name_at_a_time(api: Api) -> None:
    """The same name is refused while the hamlet lasts; another commune may use it; tones make another name."""
    api.made("/hamlets", unit="28993", name="Ấp Bình Hòa")
    assert api.post("/hamlets", {"unit": "28993", "name": "ẤP BÌNH HÒA"}).status_code == 409
    api.made("/hamlets", unit="28993", name="Ấp Bình Hóa")
    api.made("/hamlets", unit="28984", name="Ấp Bình Hòa")


WRONG_HAMLETS: list[tuple[dict[str, object], str]] = [
    ({"unit": "834"}, "unit"),
    ({"unit": "00000"}, "unit"),
    ({"unit": "28993", "valid_from": "2003-01-01"}, "unit"),
    ({"unit": "28993", "valid_from": "31/12/2020"}, "valid_from"),
    ({"unit": "28993", "name": "x" * 101}, "name"),
    ({"unit": "28993", "colour": "red"}, "colour"),
]


def test_a_wrong_hamlet_is_refused(api: Api, subtests: pytest.Subtests) -> None:
    """A hamlet under a district, an unknown or not yet existing unit, a wrong day: 422 naming the field."""
    for given, field in WRONG_HAMLETS:
        with subtests.test(given=given):
            answer = api.post("/hamlets", {"name": "Ấp 1"} | given)
            assert answer.status_code == 422 and answer.json and list(answer.json["errors"]) == [field]


def test_a_hamlet_outside_the_territory(api: Api, api_with: Callable[..., Api]) -> None:
    """Creating is forbidden, reading and changing find nothing, lists leave it out."""
    hamlet = api.made("/hamlets", unit="28993", name="Ấp 1")
    other = api_with(territories=["83/829/"])
    assert other.post("/hamlets", {"unit": "28993", "name": "Ấp 2"}).status_code == 403
    assert other.get(f"/hamlets/{hamlet['id']}").status_code == 404
    assert other("PATCH", f"/hamlets/{hamlet['id']}", {"name": "Ấp 3"}, **VERSION_1).status_code == 404
    assert other.items("/hamlets") == []


def test_a_cluster_changes_its_communes_and_keeps_its_history(api: Api, desk: Desk) -> None:
    """From a day on it holds other communes; on the days before it held the ones it held."""
    cluster = desk.cluster("28984", "28993")
    path = f"/clusters/{cluster['id']}"
    change = {"communes": ["28993", "28987"], "valid_from": "2022-01-01"}
    changed = api("PUT", f"{path}/communes", change, **VERSION_1)
    assert changed.status_code == 200, changed.text

    def codes(day: str) -> list[str]:
        answer = api.get(f"{path}?at={day}").json
        assert answer
        return [each["code"] for each in answer["communes"]]

    assert codes("2021-12-31") == ["28984", "28993"]
    assert codes("2022-01-01") == ["28987", "28993"]
    early = api("PUT", f"{path}/communes", change | {"valid_from": "2021-06-01"}, **{"If-Match": '"2"'})
    assert early.status_code == 409


def test_a_commune_is_in_one_cluster_at_a_time(api: Api, desk: Desk) -> None:
    """A commune of another cluster is refused until that one has let it go."""
    first = desk.cluster("28984", "28993")
    second = {"district": "834", "name": "Tiểu vùng 2", "communes": ["28993"], "valid_from": "2023-01-01"}
    refused = api.post("/clusters", second)
    assert refused.status_code == 409 and refused.json and "communes" in refused.json["errors"]
    ended = api("PATCH", f"/clusters/{first['id']}", {"valid_to": "2023-01-01"}, **VERSION_1)
    assert ended.status_code == 200, ended.text
    api.made("/clusters", **second)
    assert [each["name"] for each in api.items("/clusters?commune=28993&at=2022-06-01")] == ["Tiểu vùng 1"]
    assert [each["name"] for each in api.items("/clusters?commune=28993&at=2023-06-01")] == ["Tiểu vùng 2"]


WRONG_CLUSTERS: list[tuple[dict[str, object], str]] = [
    ({"district": "83"}, "district"),
    ({"district": "28993"}, "district"),
    ({"communes": []}, "communes"),
    ({"communes": ["28993", "28993"]}, "communes.1"),
    ({"communes": ["28984", "28756"]}, "communes.1"),
    ({"communes": ["834"]}, "communes.0"),
    ({"communes": "28993"}, "communes"),
    ({"name": ""}, "name"),
]


def test_a_wrong_cluster_is_refused(api: Api, subtests: pytest.Subtests) -> None:
    """A cluster of no district, without communes, or with others' communes: 422 naming the field."""
    for given, field in WRONG_CLUSTERS:
        with subtests.test(given=given):
            answer = api.post(
                "/clusters", {"district": "834", "name": "Tiểu vùng 9", "communes": ["28993"]} | given
            )
            assert answer.status_code == 422 and answer.json and list(answer.json["errors"]) == [field]


def test_a_cluster_outside_the_territory(api: Api, desk: Desk, api_with: Callable[..., Api]) -> None:
    """Creating is forbidden, reading and changing find nothing, lists leave it out."""
    cluster = desk.cluster("28993")
    other = api_with(territories=["83/829/"])
    given = {"district": "834", "name": "Tiểu vùng 2", "communes": ["28984"]}
    assert other.post("/clusters", given).status_code == 403
    assert other.get(f"/clusters/{cluster['id']}").status_code == 404
    assert other("PATCH", f"/clusters/{cluster['id']}", {"name": "x"}, **VERSION_1).status_code == 404
    assert (
        other("PUT", f"/clusters/{cluster['id']}/communes", {"communes": ["28984"]}, **VERSION_1).status_code == 404
    )
    assert other.items("/clusters") == []
