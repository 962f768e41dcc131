"""Support: exact money, goods, corrections that keep history, and totals."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.support.model import Contribution, Purpose
from shared import clock
from shared.ids import uuid7
from tests.integration.visits.conftest import Api, Places, Standing, deliver
from tests.support import facts

DAY = "2026-03-02"


def official(sessions: sessionmaker[Session], **changes: Any) -> UUID:
    """An official this service knows."""
    news = facts.official_changed(**changes)
    deliver(sessions, news)
    return news.data["official_id"]


def money(by: UUID, **changes: Any) -> dict[str, Any]:
    """What is sent to record support in money."""
    return {
        "unit": "28789",
        "sponsor": {"name": "Công ty Xổ số kiến thiết", "kind": "enterprise"},
        "kind": "money",
        "amount": 60_000_000,
        "purpose": "housing",
        "official": str(by),
        "given_on": DAY,
    } | changes


def goods(by: UUID, **changes: Any) -> dict[str, Any]:
    """What is sent to record support in goods."""
    what = {"kind": "goods", "goods": "Gạo", "quantity": "2.5", "measure": "tấn", "estimated_value": 40_000_000}
    sent = money(by) | what
    del sent["amount"]
    return sent | changes


def record(api: Api, body: dict[str, Any]) -> dict[str, Any]:
    """Record it; the answer."""
    answer = api.post("/support", body)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_the_tables_are_what_the_models_say(visits_db: sessionmaker[Session]) -> None:
    """Migration and models of support agree."""
    tables = {Contribution.__tablename__, Purpose.__tablename__}
    with visits_db() as session:
        context = MigrationContext.configure(
            session.connection(),
            opts={"include_name": lambda name, kind, _: kind != "table" or name in tables, "compare_type": True},
        )
        metadata = type(Contribution.metadata)(naming_convention=Contribution.metadata.naming_convention)
        for table in (Purpose.__table__, Contribution.__table__):
            table.to_metadata(metadata)
        assert compare_metadata(context, metadata) == []


def test_money_is_recorded_to_the_last_dong(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """A sum past what a float holds comes back as it was given, with the names of that time."""
    by = official(visits_db)
    made = record(api, money(by, amount=999_999_999_999_999))
    read = api.get(f"/support/{made['id']}").json
    assert read == made
    assert read["amount"] == 999_999_999_999_999 and read["unit"]["name"].startswith("Xã Bình Phú, ")
    assert read["official"] == {"id": str(by), "full_name": "Nguyễn Thị Hồng Đào"} and read["voided"] is None


def test_goods_have_a_quantity_and_a_measure(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Two and a half tons of rice stay two and a half."""
    made = record(api, goods(official(visits_db)))
    assert (made["goods"], made["quantity"], made["measure"], made["amount"]) == ("Gạo", "2.5", "tấn", None)


def test_support_may_go_to_a_district(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """The beneficiary is a unit of any level."""
    assert record(api, money(official(visits_db), unit="834"))["unit"]["path"] == "83/834/"


@pytest.fixture(scope="module")
def known(standing: Standing) -> UUID:
    """An official of the service that stands."""
    return official(standing.sessions)


BAD: dict[str, tuple[str, Any]] = {
    "nothing": ("amount", 0),
    "less than nothing": ("amount", -1),
    "a part of a dong": ("amount", 1.5),
    "money as text": ("amount", "60000000"),
    "more than there is": ("amount", 10**15 + 1),
    "no amount": ("amount", None),
    "goods among money": ("goods", "Gạo"),
    "a quantity of money": ("quantity", "1"),
    "tomorrow": ("given_on", (clock.today() + timedelta(days=1)).isoformat()),
    "no purpose of ours": ("purpose", "casino"),
    "nobody we know": ("official", str(uuid7())),
    "no unit": ("unit", "99999"),
    "another kind": ("kind", "promise"),
    "what we do not ask": ("iban", "VN1"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_money_is_refused(standing: Standing, known: UUID, what: str) -> None:
    """A field that is wrong in any one way is named, and nothing is recorded."""
    field, value = BAD[what]
    before = standing.api.get("/support").json
    answer = standing.api.post("/support", money(known, **{field: value}))
    assert answer.status_code == 422 and field in answer.json["errors"], answer.json
    assert standing.api.get("/support").json == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("quantity", q) for q in ("0", "-1", "1e3", "1.2345", "١", ".5", "5.", "", "NaN", 1, 2.5, "9" * 40)]
    + [("measure", None), ("goods", None), ("quantity", None), ("amount", 5), ("estimated_value", 0)],
)
def test_bad_goods_are_refused(standing: Standing, known: UUID, field: str, value: Any) -> None:
    """A quantity is an exact decimal above 0; what goods need is asked for by name."""
    answer = standing.api.post("/support", goods(known, **{field: value}))
    assert answer.status_code == 422 and field in answer.json["errors"], answer.json


def test_an_official_who_left_mobilises_nothing(standing: Standing) -> None:
    """An inactive official is refused by name."""
    answer = standing.api.post("/support", money(official(standing.sessions, active=False)))
    assert answer.status_code == 422 and "official" in answer.json["errors"]


def test_another_territory_neither_sees_nor_changes(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Support of one district is not there for another one."""
    by = official(visits_db)
    made = record(api, money(by))
    elsewhere = api.with_token(at=["83/834/"])
    assert elsewhere.post("/support", money(by)).status_code == 403
    assert elsewhere.get(f"/support/{made['id']}").status_code == 404
    assert elsewhere.post(f"/support/{made['id']}/void", {"reason": "Ghi nhầm."}).status_code == 404
    fixed = money(by) | {"reason": "Ghi nhầm."}
    assert elsewhere.post(f"/support/{made['id']}/corrections", fixed).status_code == 404
    assert elsewhere.get("/support").json["items"] == [] == elsewhere.get("/support/totals").json["items"]


def test_a_correction_keeps_history(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """The wrong one stays readable, counts no longer, and each points at the other."""
    by = official(visits_db)
    wrong = record(api, money(by))
    answer = api.post(
        f"/support/{wrong['id']}/corrections", money(by, amount=6_000_000) | {"reason": "Ghi thừa một số 0."}
    )
    assert answer.status_code == 201, answer.json
    right = answer.json
    assert answer.headers["Location"].endswith(f"/api/visits/v1/support/{right['id']}")
    old = api.get(f"/support/{wrong['id']}").json
    assert (right["corrects"], old["corrected_by"]) == (wrong["id"], right["id"])
    assert old["amount"] == 60_000_000 and old["voided"]["reason"] == "Ghi thừa một số 0."
    assert [each["id"] for each in api.get("/support").json["items"]] == [right["id"]]
    assert len(api.get("/support", voided="true").json["items"]) == 2
    assert api.get("/support/totals", by="purpose").json["items"][0]["money"] == 6_000_000


def test_what_is_voided_stays_voided(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """It is neither voided nor corrected a second time, and a bad correction voids nothing."""
    by = official(visits_db)
    made = record(api, money(by))
    path = f"/support/{made['id']}"
    assert api.post(f"{path}/corrections", money(by, amount=0) | {"reason": "Ghi nhầm."}).status_code == 422
    assert api.post(f"{path}/corrections", money(by, purpose="x") | {"reason": "Ghi nhầm."}).status_code == 422
    assert api.get(path).json["voided"] is None
    assert api.post(f"{path}/void", {"reason": "Ghi nhầm."}).status_code == 200
    assert api.post(f"{path}/void", {"reason": "Ghi nhầm."}).status_code == 409
    assert api.post(f"{path}/corrections", money(by) | {"reason": "Ghi nhầm."}).status_code == 409


def test_a_list_is_narrowed(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """By place, purpose, kind, official, sponsor without diacritics, and days."""
    one, two = official(visits_db), official(visits_db)
    first = record(api, money(one))
    second = record(
        api,
        goods(
            two,
            unit="28993",
            purpose="gifts",
            given_on="2026-01-05",
            sponsor={"name": "Chùa Viên Minh", "kind": "organisation"},
        ),
    )

    def found(**query: Any) -> list[str]:
        answer = api.get("/support", **query)
        assert answer.status_code == 200, answer.json
        return [each["id"] for each in answer.json["items"]]

    assert found() == [first["id"], second["id"]]
    assert found(unit="83/834/") == found(unit="28993") == [second["id"]]
    assert found(purpose="housing") == found(kind="money") == found(official=one) == [first["id"]]
    assert found(sponsor="chua vien") == found(given_to="2026-01-31") == [second["id"]]
    assert found(given_from="2026-01-06") == [first["id"]]
    page = api.get("/support", limit=1).json
    assert [each["id"] for each in api.get("/support", limit=1, cursor=page["next_cursor"]).json["items"]] == [
        second["id"]
    ]


gifts = st.lists(
    st.tuples(
        st.sampled_from(["83", "829", "834", "28789", "28993"]),
        st.sampled_from(["housing", "gifts"]),
        st.dates(date(2025, 1, 1), date(2026, 3, 1)),
        st.integers(1, 10**15),
        st.booleans(),
    ),
    max_size=8,
)
PATHS = {"83": "83/", "829": "83/829/", "834": "83/834/", "28789": "83/829/28789/", "28993": "83/834/28993/"}


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(gifts)
def test_totals_are_the_sums_by_hand(standing: Standing, known: UUID, given_: list[Any]) -> None:
    """By unit at every depth, by purpose and by month; what was voided counts nowhere."""
    api = standing.api
    with standing.sessions.begin() as session:
        session.execute(text("DELETE FROM contributions"))
    alive = []
    for unit, purpose, day, amount, voided in given_:
        made = record(api, money(known, unit=unit, purpose=purpose, given_on=day.isoformat(), amount=amount))
        if voided:
            api.post(f"/support/{made['id']}/void", {"reason": "Ghi nhầm."})
        else:
            alive.append((PATHS[unit], purpose, f"{day:%Y-%m}", amount))

    def sums(key: Any) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in alive:
            found[key(row)] = found.get(key(row), 0) + row[3]
        return found

    def totals(**query: Any) -> dict[str, int]:
        answer = api.get("/support/totals", **query)
        assert answer.status_code == 200, answer.json
        return {each["key"]: each["money"] for each in answer.json["items"]}

    def cut(depth: int) -> Any:
        return lambda row: "/".join(row[0].split("/")[:-1][:depth]) + "/"

    assert totals(by="purpose") == sums(lambda row: row[1])
    assert totals(by="month") == sums(lambda row: row[2])
    assert totals() == sums(cut(1))
    for depth in (1, 2, 3):
        assert totals(by="unit", depth=depth) == sums(cut(depth))


def test_totals_have_names(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Below the province asked for stand its districts, by name, with money and goods apart."""
    by = official(visits_db)
    for body in (money(by), goods(by), money(by, unit="28993")):
        record(api, body)
    town, district = api.get("/support/totals", unit="83").json["items"]
    assert (town["key"], town["name_vi"]) == ("83/829/", "Thành phố Bến Tre")
    assert (town["money"], town["goods_estimated"], town["gifts_of_goods"], town["contributions"]) == (
        60_000_000, 40_000_000, 1, 2,
    )  # fmt: skip
    assert (district["name_vi"], district["sponsors"]) == ("Huyện Giồng Trôm", 1)
    assert api.get("/support/totals", by="month").json["items"][0]["name_vi"] == "Tháng 03/2026"
    assert api.get("/support/totals", by="purpose").json["items"][0]["name_en"] == "Houses for families in need"


def test_purposes_are_listed_with_their_source(standing: Standing) -> None:
    """Each says who decided that it is one."""
    listed = standing.api.get("/support-purposes").json
    assert [each["position"] for each in listed] == sorted(each["position"] for each in listed)
    assert listed and all(each["source"] and each["name_vi"] and each["name_en"] for each in listed)
