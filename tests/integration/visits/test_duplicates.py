"""Duplicates: what looks alike is found, and one is made of two."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.duplicates import model as duplicates_model
from services.visits.proposals import model as proposals_model
from services.visits.threads import model as threads_model
from services.visits.threads.sweep import tell_watchers_of_news
from tests.integration.visits.conftest import DISTRICT, MY_THANH, TOWN, Api, Places, Standing, deliver, report, unit
from tests.integration.visits.test_threads import READER, official, reminders, say, thread

AGAIN = {"title": "Hỏng cống ngăn mặn", "description": "Nước mặn vào nội đồng, lúa chết."}
OTHER = {"title": "Cầu ấp 3 bị gãy", "description": "Học sinh phải đi đò."}
ANY = {"If-Match": "*"}


def similar(api: Api, issue: dict[str, Any]) -> list[str]:
    """The codes of what looks like an issue, best first."""
    answer = api.get(f"/issues/{issue['id']}/similar")
    assert answer.status_code == 200, answer.json
    return [each["code"] for each in answer.json["items"]]


def merge(api: Api, issue: dict[str, Any], into: dict[str, Any], **changes: Any) -> Any:
    """Merge an issue into another; the answer."""
    body = {"into": into["code"], "reason": "Cùng một cống."} | changes
    return api.post(f"/issues/{issue['id']}/merge", body, **ANY)


def move(api: Api, issue: dict[str, Any], move: str, **details: Any) -> Any:
    """Move an issue; the answer."""
    return api.post(f"/issues/{issue['id']}/moves", {"move": move, **details}, **ANY)


def test_the_same_trouble_is_found_and_another_is_not(api: Api, places: Places) -> None:
    """In other words and another order, best first; what has other words is not shown."""
    first, second, other = api.report(), api.report(**AGAIN), api.report(**OTHER)
    third = api.report(title="Cống ngăn mặn bị hỏng nặng")
    assert similar(api, first) == [third["code"], second["code"]]
    assert similar(api, other) == []


def test_before_reporting_it_is_found_without_diacritics(api: Api, places: Places) -> None:
    """What is about to be reported is compared; nothing of it is kept."""
    first = api.report()
    asked = {"unit": "28789", "category": "irrigation_salinity", "title": "cong ngan man bi hong"}
    found = api.post("/issues/similar", asked)
    assert found.status_code == 200, found.json
    [item] = found.json["items"]
    assert item["code"] == first["code"] and item["score"] >= 60
    assert len(api.get("/issues").json["items"]) == 1


def test_neighbours_are_looked_at_and_no_further(
    api: Api, visits_db: sessionmaker[Session], places: Places
) -> None:
    """A commune of the same district counts, one of another district does not."""
    deliver(visits_db, unit("83/829/28790/", "Xã Mỹ Thành", "commune"))
    first = api.report()
    neighbour, far = api.report(unit="28790"), api.report(unit="28993")
    assert similar(api, first) == [neighbour["code"]]
    assert similar(api, far) == []


def test_what_the_client_may_not_see_is_not_shown_as_similar(
    api: Api, visits_db: sessionmaker[Session], places: Places
) -> None:
    """Neither another commune's nor a restricted one."""
    deliver(visits_db, unit("83/829/28790/", "Xã Mỹ Thành", "commune"))
    first, neighbour = api.report(), api.report(unit="28790")
    secret = api.report(sensitivity="restricted")
    assert set(similar(api, first)) == {neighbour["code"], secret["code"]}
    assert similar(api.with_token(at=["83/829/28789/"]), first) == [secret["code"]]
    assert similar(api.with_token(scopes=READER), first) == [neighbour["code"]]


def test_another_category_is_not_similar(api: Api, places: Places) -> None:
    """The same words about something else."""
    first = api.report()
    api.report(category="education")
    assert similar(api, first) == []


def test_the_rule_is_a_row(api: Api, places: Places) -> None:
    """How alike, how far back and how many can be changed, for all provinces at once."""
    first, _ = api.report(), api.report(**AGAIN)
    rule = {"days": 30, "least_score": 100, "at_most": 5, "source": "Quyết định 12-QĐ/TU"}
    assert api.get("/similarity-rule").json["source"]
    assert api.with_token(at=["83/"]).put("/similarity-rule", rule).status_code == 403
    assert api.put("/similarity-rule", rule).status_code == 200
    assert api.get("/similarity-rule").json == rule
    assert similar(api, first) == []
    assert api.put("/similarity-rule", rule | {"least_score": 101}).status_code == 422


@pytest.mark.parametrize("by_move", [False, True])
def test_a_merged_issue_shows_where_it_went(api: Api, places: Places, by_move: bool) -> None:
    """Both timelines and both lists of merges say so, whichever way it was merged."""
    gone, into = api.report(), api.report(**AGAIN)
    if by_move:
        answer = move(api, gone, "merge", into=into["code"], reason="Cùng một cống.")
        assert answer.status_code == 200, answer.json
    else:
        answer = merge(api, gone, into)
        assert answer.status_code == 201, answer.json
        assert answer.json["into"]["code"] == into["code"]
    shown = api.get(f"/issues/{gone['id']}").json
    assert (shown["state"], shown["merged_into"]) == ("merged", into["id"])
    assert [each["kind"] for each in thread(api, gone)] == ["reported", "moved"]
    assert [each["kind"] for each in thread(api, into)] == ["reported", "merged_in"]
    assert gone["code"] in thread(api, into)[1]["text"]["vi"]
    for issue in (gone, into):
        [merged] = api.get(f"/issues/{issue['id']}/merges").json["items"]
        assert (merged["issue"]["code"], merged["into"]["code"]) == (gone["code"], into["code"])
    assert similar(api, into) == []


def test_watchers_and_links_follow(api: Api, visits_db: sessionmaker[Session], places: Places) -> None:
    """Those who watched hear of the issue that stays, each once; its links are there, none to itself."""
    gone, into = api.report(), api.report(**AGAIN)
    dao, bay = official(visits_db, "Nguyễn Thị Hồng Đào"), official(visits_db, "Lê Văn Bảy")
    for issue, who in ((gone, dao), (gone, bay), (into, bay)):
        assert api.put(f"/issues/{issue['id']}/watchers/{who}", None).status_code == 200
    paper = {"kind": "document", "number": "12/TB-UBND", "title": "Thông báo"}
    assert api.post(f"/issues/{gone['id']}/links", paper).status_code == 201
    assert api.post(f"/issues/{gone['id']}/links", {"kind": "issue", "target": into["code"]}).status_code == 201
    assert merge(api, gone, into, official=dao).status_code == 201
    watchers = api.get(f"/issues/{into['id']}/watchers").json["items"]
    assert {each["official"]["id"] for each in watchers} == {dao, bay} and len(watchers) == 2
    links = api.get(f"/issues/{into['id']}/links").json["items"]
    assert [each["kind"] for each in links] == ["document", "issue"]
    assert links[1]["issue"]["code"] == gone["code"]
    say(api, into, "Đang sửa.")
    tell_watchers_of_news(visits_db)
    told = [each for each in reminders(visits_db) if each["issue_code"] == into["code"]]
    assert [{str(who["official_id"]) for who in each["recipients"]} for each in told] == [{dao, bay}]
    assert gone["code"] in told[0]["body_vi"] and "Đang sửa." in told[0]["body_vi"]


def test_a_thread_goes_on_under_the_issue_that_stays(api: Api, places: Places) -> None:
    """What is said on a merged issue would not be heard: the answer names where to say it."""
    gone, into = api.report(), api.report(**AGAIN)
    merge(api, gone, into)
    refused = api.post(f"/issues/{gone['id']}/comments", {"text": "Đã sửa."})
    assert (refused.status_code, refused.json["merged_into"]) == (409, into["id"])
    assert say(api, into, "Đã sửa.")


def test_nothing_goes_round_in_a_circle(api: Api, places: Places) -> None:
    """Not into itself, not into one that is merged; a chain is fine, and its watchers go to its end."""
    one, two, three = (api.report(**AGAIN) for _ in range(3))
    assert merge(api, one, one).status_code == 422
    assert merge(api, one, two).status_code == 201
    assert merge(api, two, one).status_code == 422
    assert merge(api, one, three).status_code == 409
    assert merge(api, two, three).status_code == 201
    assert merge(api, three, one).status_code == 422
    assert api.get(f"/issues/{three['id']}").json["state"] == "reported"


def test_what_is_closed_takes_no_other(api: Api, places: Places) -> None:
    """An issue goes on in an open one only."""
    one, two = api.report(), api.report(**AGAIN)
    assert move(api, two, "reject", reason="Không thuộc thẩm quyền").status_code == 200
    refused = merge(api, one, two)
    assert refused.status_code == 422
    assert api.get(f"/issues/{one['id']}").json["state"] == "reported"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"into": "BT-2026-999999"}, "into"),
        ({"into": "x"}, "into"),
        ({"reason": "x"}, "reason"),
        ({"official": "x"}, "official"),
        ({"why": "x"}, "why"),
    ],
)
def test_a_bad_merge_is_refused_by_name(standing: Standing, changes: dict[str, Any], field: str) -> None:
    """And nothing is merged."""
    one, two = standing.api.report(), standing.api.report(**AGAIN)
    body = {"into": two["code"], "reason": "Cùng một cống."} | changes
    answer = standing.api.post(f"/issues/{one['id']}/merge", body, **ANY)
    assert answer.status_code == 422, answer.json
    assert field in (answer.json.get("errors") or {answer.json.get("field"): 1})
    assert standing.api.get(f"/issues/{one['id']}").json["state"] == "reported"


def test_both_issues_must_lie_in_the_territory(standing: Standing) -> None:
    """404 for the one, a bad field for the other; a merge across is not listed to either side."""
    here, there = standing.api.report(), standing.api.report(unit="28993")
    assert merge(standing.api.with_token(at=[DISTRICT]), here, there).status_code == 404
    assert merge(standing.api.with_token(at=[TOWN]), here, there).status_code == 422
    assert merge(standing.api, here, there).status_code == 201
    for at, issue in ((TOWN, here), (MY_THANH, there)):
        side = standing.api.with_token(at=[at])
        assert side.get(f"/issues/{issue['id']}/merges").json["items"] == []


def test_a_merge_names_the_version_it_was_made_from(standing: Standing) -> None:
    """Without If-Match 428, with an old one 412."""
    one, two = standing.api.report(), standing.api.report(**AGAIN)
    body = {"into": two["code"], "reason": "Cùng một cống."}
    assert standing.api.post(f"/issues/{one['id']}/merge", body).status_code == 428
    standing.api.escalate(one)
    assert standing.api.post(f"/issues/{one['id']}/merge", body, **{"If-Match": '"1"'}).status_code == 412


def test_a_search_costs_what_it_compares(standing: Standing) -> None:
    """Five thousand issues in the commune: still an index, and no more of them than are looked through."""
    rows = """
        INSERT INTO issues (id, code, version, state, step, kind, category, severity, title, description, unit_id,
                            unit_code, unit_path, unit_name, reported_at, created_by, search)
        SELECT gen_random_uuid(), 'XX-2026-' || 100000 + n, 1, 'reported', 0, 'pressing', 'roads_bridges',
               'low', 'Đường lầy', 'x', unit_id, unit_code, unit_path, unit_name, now() - n * interval '1 minute',
               'x', ''::tsvector
        FROM issues, generate_series(1, 5000) AS n WHERE id = :id
    """
    issue = standing.api.report(**OTHER, category="roads_bridges")
    with standing.sessions.begin() as session:
        session.execute(text(rows), {"id": issue["id"]})
    same = standing.api.report(**OTHER, category="roads_bridges")
    assert similar(standing.api, issue) == [same["code"]]


def test_models_and_migration_agree(visits_db: sessionmaker[Session]) -> None:
    """Threads, duplicates and proposals: the migration makes the tables that the models describe."""
    models = (threads_model, duplicates_model, proposals_model)
    mine = {
        each.__tablename__
        for model in models
        for each in vars(model).values()
        if getattr(each, "__module__", None) == model.__name__ and hasattr(each, "__tablename__")
    }
    assert len(mine) == 11
    with visits_db() as session:
        context = MigrationContext.configure(
            session.connection(),
            opts={
                "compare_type": True,
                "include_object": lambda thing, name, kind, *_: (
                    (name if kind == "table" else thing.table.name) in mine
                ),
            },
        )
        assert compare_metadata(context, threads_model.Base.metadata) == []


def test_what_cannot_be_reported_is_not_compared(standing: Standing) -> None:
    """It is refused as the report would be, by the field."""
    body = {name: report()[name] for name in ("unit", "category", "title")}
    for changes, field in (({"unit": "83"}, "unit"), ({"category": "none"}, "category"), ({"title": ""}, "title")):
        answer = standing.api.post("/issues/similar", body | changes)
        assert answer.status_code == 422
        assert field in (answer.json.get("errors") or {answer.json.get("field"): 1})
    assert standing.api.with_token(at=["86/"]).post("/issues/similar", body).status_code == 403
