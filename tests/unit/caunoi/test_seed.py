"""The demonstration data cover Bến Tre as the domain says, with people who could be."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from caunoi.seed.names import DOMAIN, People
from caunoi.seed.plan import Place, Plan, make
from services.assignments.officials.rules import email_address, phone_number

FILE = Path(__file__).resolve().parents[3] / "data" / "units-2025-06-30.csv"


def _places() -> tuple[list[Place], list[Place]]:
    with FILE.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    districts = [Place(row["code"], row["name"], "83", False) for row in rows if row["parent_code"] == "83"]
    codes = {each.code for each in districts}
    communes = [
        Place(row["code"], row["name"], row["parent_code"], row["kind"] != "xa")
        for row in rows
        if row["parent_code"] in codes
    ]
    return districts, communes


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The plan for the real units."""
    return make("83", *_places())


def _held(plan: Plan, post: str) -> Counter[str]:
    return Counter(place for each in plan.officials for name, place, _ in each.posts if name == post)


def test_everything_is_followed(plan: Plan) -> None:
    """Nine districts with an overseer each, 148 communes with a follower each, three provincial leaders."""
    districts, communes = _places()
    assert (len(districts), len(communes)) == (9, 148)
    assert _held(plan, "district_overseer") == {each.code: 1 for each in districts}
    assert _held(plan, "commune_follower") == {each.code: 1 for each in communes}
    assert _held(plan, "provincial_leader") == {"83": 3}
    assert set(_held(plan, "district_standing_body").values()) == {2, 3}


def test_followers_have_one_to_three_communes_of_one_district(plan: Plan) -> None:
    """And keep a home organisation."""
    parents = {each.code: each.parent for each in _places()[1]}
    followers = [each for each in plan.officials if each.posts[0][0] == "commune_follower"]
    assert {len(each.posts) for each in followers} == {1, 2, 3}
    assert all(len({parents[place] for _, place, _ in each.posts}) == 1 for each in followers)
    assert all(each.home_body for each in plan.officials)


def test_clusters_share_out_each_district(plan: Plan) -> None:
    """Two to four a district, each commune in exactly one, each with one overseer."""
    counts = Counter(district for district, _ in plan.clusters.values())
    assert set(counts.values()) <= {2, 3, 4} and len(counts) == 9
    assert Counter(each for _, communes in plan.clusters.values() for each in communes) == {
        each.code: 1 for each in _places()[1]
    }
    assert _held(plan, "cluster_overseer") == dict.fromkeys(plan.clusters, 1)


def test_some_hamlets_wait_for_their_follower(plan: Plan) -> None:
    """So that a vacancy can be seen."""
    assert len(plan.hamlets) == 81
    assert len(_held(plan, "hamlet_follower")) == 54


def test_the_plan_is_the_same_every_time(plan: Plan) -> None:
    """The generators have fixed seeds."""
    assert make("83", *_places()) == plan


def test_people_could_be_and_can_be_told_apart(plan: Plan) -> None:
    """Names in three parts or more; addresses and numbers valid and unique, addresses nobody can have."""
    people = [each.person for each in plan.officials]
    assert len({each.email for each in people}) == len({each.phone for each in people}) == len(people)
    for each in people:
        assert each.full_name.split()[-1] == each.given_name and len(each.full_name.split()) >= 3
        assert email_address(each.email) == each.email and each.email.endswith(f"@{DOMAIN}")
        assert phone_number(each.phone) == each.phone


def test_homonyms_get_addresses_of_their_own() -> None:
    """Names repeat, as they do; addresses never."""
    people = People()
    made = [people.next() for _ in range(3000)]
    assert len({each.full_name for each in made}) < len(made) == len({each.email for each in made})
