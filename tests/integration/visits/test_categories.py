"""Categories over the API: a tree that people edit."""

from typing import Any

import pytest

from tests.integration.visits.conftest import Api, Places, Standing, report

CATEGORY = {
    "name_vi": "Nước giếng",
    "name_en": "Wells",
    "position": 11,
    "active": True,
    "parent": "water",
    "needs_evidence": False,
    "urgent": False,
    "source": "Quyết định thử nghiệm",
}


def test_a_category_is_added_below_another_and_reported_under(api: Api, places: Places) -> None:
    """A list narrowed to the one above holds the issues of those below."""
    assert api.post("/issues", report(category="wells")).status_code == 422
    answer = api.put("/categories/wells", CATEGORY, **{"If-Match": "*"})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert api.get("/categories/wells").json == answer.json == {"code": "wells", **CATEGORY, "version": 1}
    issue, above = api.report(category="wells"), api.report(category="water")
    api.report(category="health")
    found = api.get("/issues", category="water").json["items"]
    assert [each["id"] for each in found] == [above["id"], issue["id"]]
    assert [each["id"] for each in api.get("/issues", category="wells").json["items"]] == [issue["id"]]


def test_a_change_needs_the_version_it_was_made_from(api: Api) -> None:
    """And is taken up at once by the process that made it."""
    assert api.put("/categories/wells", CATEGORY).status_code == 428
    api.put("/categories/wells", CATEGORY, **{"If-Match": "*"})
    out = CATEGORY | {"active": False}
    assert api.put("/categories/wells", out, **{"If-Match": '"2"'}).status_code == 412
    assert api.put("/categories/wells", out, **{"If-Match": '"1"'}).json["version"] == 2


def test_a_category_taken_out_of_use_is_refused_at_once(api: Api, places: Places) -> None:
    """Old issues keep it."""
    api.put("/categories/wells", CATEGORY, **{"If-Match": "*"})
    issue = api.report(category="wells")
    api.put("/categories/wells", CATEGORY | {"active": False}, **{"If-Match": "*"})
    assert api.post("/issues", report(category="wells")).status_code == 422
    assert [each["id"] for each in api.get("/issues", category="wells").json["items"]] == [issue["id"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"parent": "nothing"}, "parent"),
        ({"parent": "wells"}, "parent"),
        ({"name_vi": ""}, "name_vi"),
        ({"position": -1}, "position"),
        ({"active": 1.5}, "active"),
        ({"source": "  "}, "source"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_bad_category_names_its_field_and_changes_nothing(
    standing: Standing, change: dict[str, Any], field: str
) -> None:
    """422 problem+json."""
    before = standing.api.get("/categories").json
    answer = standing.api.put("/categories/wells", CATEGORY | change, **{"If-Match": "*"})
    assert (answer.status_code, set(answer.json["errors"])) == (422, {field})
    assert standing.api.get("/categories").json == before


@pytest.mark.parametrize("code", ["Wells", "giếng", "a-b", "x" * 61])
def test_a_code_is_small_letters_and_digits(standing: Standing, code: str) -> None:
    """What cannot be a code is not there."""
    assert standing.api.put(f"/categories/{code}", CATEGORY, **{"If-Match": "*"}).status_code == 404


def test_only_those_who_may_configure_change_categories(standing: Standing) -> None:
    """Reporting is not enough."""
    writer = standing.api.with_token(scopes=["visits:read", "visits:write"])
    assert writer.put("/categories/wells", CATEGORY, **{"If-Match": "*"}).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/categories/water", CATEGORY),
        (
            "/intake-phrases/complaint",
            {"outcome": "complaint", "phrase": "x", "weight": 1, "active": True, "source": "x"},
        ),
        ("/intake-guidance/complaint", {"threshold": 1, "text_vi": "x", "text_en": "x", "source": "x"}),
        ("/privacy-rules/erase_reporter_after", {"days": 1, "source": "x"}),
    ],
)
def test_what_holds_everywhere_is_set_by_those_whose_territory_is_everything(
    standing: Standing, path: str, body: dict[str, Any]
) -> None:
    """A province does not change what holds for another."""
    assert standing.api.with_token(at=["83/"]).put(path, body, **{"If-Match": "*"}).status_code == 403
