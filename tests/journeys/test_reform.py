"""The reform of 1 July 2025 on three provinces that became one: planned, decided, applied with open work attached,
undone, and then no longer undone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.assignments.units.importer import import_units
from services.visits.reorganisations.sweep import follow_late
from shared import clock
from tests.integration.apis.conftest import applications
from tests.journeys.conftest import COMMUNE, OTHER, PROVINCE, SINCE, TOWN, Province, appoint, units_of
from tests.support.databases import Databases
from tests.support.servers import Servers
from tests.support.tokens import bearer

EVE, DAY = "2025-06-30", "2025-07-01"
BEN_TRE, VINH_LONG = "28789", "86"  # Phường Bến Tre has the code of old Xã Bình Phú; it takes in other communes
SPLIT = "29680"  # an old commune of Vĩnh Long, found below

# What must be as before once all is undone; rows that ended on their first day never were.
WAS = {
    "assignments": (
        "SELECT id, path, valid_from, valid_to, succeeded_by FROM units WHERE valid_from IS DISTINCT FROM valid_to",
        "SELECT id, unit_id, name, valid_from, valid_to, succeeded_by FROM hamlets "
        "WHERE valid_from IS DISTINCT FROM valid_to",
        "SELECT id, valid_from, valid_to FROM clusters",
        "SELECT cluster_id, commune_id, valid_from, valid_to FROM cluster_communes",
        "SELECT id, official_id, post_code, place_id, territory_id, legal_basis, valid_from, valid_to "
        "FROM assignments WHERE valid_from IS DISTINCT FROM valid_to",
        "SELECT id, unit_id FROM officials",
    ),
    "visits": (
        "SELECT id, path, valid_from, valid_to FROM units WHERE valid_from IS DISTINCT FROM valid_to",
        "SELECT id, unit_id, unit_code, unit_path, unit_name, hamlet_id, hamlet_name FROM issues",
        "SELECT id, unit_id, unit_code, unit_path, unit_name, hamlet_id, hamlet_name FROM visits",
        "SELECT id, unit_id, unit_code, unit_path, unit_name FROM feedback",
        "SELECT id, unit_id, unit_code, unit_path, unit_name FROM information_requests",
        "SELECT id, unit_path FROM files",
        "SELECT id, unit_path, valid_from, valid_to FROM followings WHERE valid_from IS DISTINCT FROM valid_to",
    ),
}


@pytest.fixture
def three(servers: Servers, databases: Databases, tmp_path: Path) -> Iterator[Province]:
    """Bến Tre, Trà Vinh and Vĩnh Long on the eve, with officials, a cluster, hamlets and open work."""
    with applications(databases) as apis:
        made = Province(apis)
        with apis.system.sessions["assignments"].begin() as session:
            assert import_units(session, units_of(tmp_path, "83", "84", "86")).errors == []
        for commune in (COMMUNE, OTHER):
            hamlet = {"name": "Ấp 1", "unit": commune, "valid_from": SINCE}
            made.people[f"hamlet {commune}"] = made.post("assignments", "/hamlets", hamlet)["id"]
        cluster = {"name": "Tiểu vùng 1", "district": TOWN, "communes": [COMMUNE, OTHER], "valid_from": SINCE}
        places = {
            "commune_follower": {"unit": COMMUNE},
            "district_overseer": {"unit": TOWN},
            "cluster_overseer": {"cluster": made.post("assignments", "/clusters", cluster)["id"]},
            "hamlet_follower": {"hamlet": made.people[f"hamlet {COMMUNE}"]},
            "provincial_leader": {"unit": PROVINCE},
        }
        for post, place in places.items():
            appoint(made, post, place, f"Nguyễn Văn {post.title()}")
        also = {"official": made.people["commune_follower"], "post": "commune_follower", "unit": OTHER}
        made.post("assignments", "/assignments", also | {"valid_from": SINCE, "legal_basis": "Quyết định 182"})
        made.settle()
        yield made


def split_of(province: Province) -> str:
    """The code of an old commune that is split among several."""
    with province.apis.system.sessions["assignments"]() as session:
        codes = set(session.scalars(text("SELECT code FROM units WHERE level = 'commune' AND path LIKE '86/%'")))
    lines = (Path(__file__).parents[2] / "data" / "successors-2025-07-01.csv").read_text().splitlines()
    return next(line.split(",")[0] for line in lines if line.endswith(",part") and line.split(",")[0] in codes)


def state_of(province: Province) -> list[Any]:
    """Everything that must be as before."""
    found = []
    for service, statements in WAS.items():
        with province.apis.system.sessions[service]() as session:
            found += [sorted(map(str, session.execute(text(each)).all())) for each in statements]
    return found


def planned(province: Province) -> dict[str, Any]:
    """A new plan of the reform."""
    return dict(province.post("assignments", "/reorganisations", {}))


def done(province: Province, plan: dict[str, Any], verb: str, *, expect: int = 200, **body: Any) -> Any:
    """Apply or undo the plan as it stands now."""
    path = f"/reorganisations/{plan['id']}"
    now = province.get("assignments", path)
    answer = province.call(
        "assignments",
        "POST",
        f"{path}/{verb}",
        body or None,
        expect=expect,
        headers={"If-Match": f'"{now["version"]}"'},
    )
    province.settle()
    return answer


def undo(province: Province, plan: dict[str, Any]) -> dict[str, Any]:
    """Both steps of it; how it stands then."""
    done(province, plan, "undo", reason="Danh sách bị nhầm.")
    if province.get("assignments", f"/reorganisations/{plan['id']}")["state"] == "undo_ready":
        done(province, plan, "undo", reason="Danh sách bị nhầm.")
    return dict(province.get("assignments", f"/reorganisations/{plan['id']}"))


def decided(province: Province, plan: dict[str, Any], subject: str, **choice: Any) -> dict[str, Any]:
    """The item about a subject, once it is decided."""
    path = f"/reorganisations/{plan['id']}/items"
    item = next(each for each in items(province, plan, undecided="true") if each["subject_id"] == subject)
    headers = {"If-Match": f'"{item["version"]}"'}
    return dict(province.call("assignments", "PUT", f"{path}/{item['id']}/decision", choice, headers=headers))


def items(province: Province, plan: dict[str, Any], **filters: str) -> list[dict[str, Any]]:
    """All items of a plan."""
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"next_cursor": ""}
    narrowed = "".join(f"&{name}={value}" for name, value in filters.items())
    while page["next_cursor"] is not None:
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else ""
        page = province.get("assignments", f"/reorganisations/{plan['id']}/items?limit=200{narrowed}{cursor}")
        found += page["items"]
    return found


def open_work(province: Province, split: str) -> dict[str, dict[str, Any]]:
    """An issue with a hamlet, one of the split commune, a closed one, a visit, feedback, a request, by name."""
    follower, start = province.people["commune_follower"], clock.now() + timedelta(days=1)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=2)).isoformat()}
    said = {"form": "formal", "text": "Cống số 2 chưa sửa xong.", "confirm_general": True}
    made = {
        "issue": province.report(hamlet=province.people[f"hamlet {COMMUNE}"]),
        "split": province.report(unit=split),
        "closed": province.report(title="Đã giải quyết từ lâu"),
        "visit": province.post(
            "visits",
            "/visits",
            times | {"unit": COMMUNE, "purpose": "inspection", "subject": "Xem cống", "official": follower},
        ),
        "feedback": province.post("visits", "/feedback", said | {"unit": OTHER, "official": follower}),
        "request": province.post("visits", "/information-requests", {"unit": OTHER, "question": "Bao nhiêu hộ?"}),
    }  # fmt: skip
    move = {"move": "reject", "reason": "Không thuộc thẩm quyền."}
    path = f"/issues/{made['closed']['id']}/moves"
    province.call("visits", "POST", path, move, headers={"If-Match": '"1"'}, expect=200)
    province.settle()
    return made


def test_the_reform_moves_what_is_open_and_leaves_what_was(three: Province) -> None:
    """Dry run, decisions, deed, answers before and after the day; undone, all is as before; and once somebody
    reports an issue of a new commune, it can no longer be undone."""
    split = split_of(three)
    work = open_work(three, split)
    before = state_of(three)
    plan = planned(three)
    _check_dry_run(three, plan)
    assert state_of(three) == before
    units = {each["details"].get("code"): each for each in items(three, plan, kind="unit")}
    chosen = units[split]["successors"][-1]
    decided(three, plan, units[split]["subject_id"], unit=chosen)
    overseer = decided(three, plan, three.assignments["district_overseer"], unit=chosen, post="commune_follower")
    assert (overseer["outcome"], overseer["code"], overseer["decided"]) == ("ends", chosen, True)

    done(three, plan, "apply")
    heir = three.get("visits", f"/issues/{work['issue']['id']}")["unit"]
    _check_after(three, work, heir, chosen)
    with three.apis.system.sessions["visits"]() as session:
        assert session.scalar(text("SELECT count(*) FROM succession_moves")) == 5

    assert undo(three, plan)["state"] == "undone"
    assert state_of(three) == before
    lines = three.get("visits", f"/issues/{work['issue']['id']}/timeline")["items"]
    assert [each["kind"] for each in lines].count("unit_succeeded") == 2
    assert "hủy" in lines[-1]["text"]["vi"]

    again = planned(three)
    done(three, again, "apply")
    assert three.get("visits", f"/issues/{work['issue']['id']}")["unit"] == heir
    three.report(unit=heir["code"], title="Việc mới ở xã mới")
    refused = undo(three, again)
    assert (refused["state"], refused["refusal"]) == ("applied", "1 issues rest on units that began by it.")
    holds = {"official": three.people["provincial_leader"], "post": "commune_follower", "unit": heir["code"]}
    three.post("assignments", "/assignments", holds | {"legal_basis": "Quyết định mới", "valid_from": "2026-01-01"})
    answer = done(three, again, "undo", expect=409, reason="Danh sách bị nhầm.")
    assert "1 assignments rest on units" in answer["detail"]


def _check_dry_run(province: Province, plan: dict[str, Any]) -> None:
    report = province.get("assignments", f"/reorganisations/{plan['id']}/report")
    assert report["beginning"] == {"commune": 124, "province": 1}
    assert report["ending"] == {"commune": 354, "district": 26, "province": 3}
    counted = {(each["kind"], each["outcome"]): each["count"] for each in report["items"]}
    assert counted["unit", "splits"] == 5 and counted["cluster", "ends"] == 1 and counted["hamlet", "moves"] == 2
    assert (counted["assignment", "moves"], counted["assignment", "ends"]) == (4, 2)
    assert report["unmapped"] == report["without_predecessor"] == []
    assert report["undecided"] == 5 + 2


def _check_after(province: Province, work: dict[str, Any], heir: dict[str, Any], chosen: str) -> None:
    assert heir["name"].endswith("Tỉnh Vĩnh Long") and heir["path"] == f"86/{heir['code']}/"
    follower = province.people["commune_follower"]
    for at, unit, posts in (
        (EVE, COMMUNE, {"commune_follower", "district_overseer", "cluster_overseer", "district_standing_body"}),
        (DAY, heir["code"], {"commune_follower"}),
    ):
        answer = province.get("assignments", f"/responsible?unit={unit}&at={at}")
        told = {reason["post"] for each in answer["recipients"] for reason in each["reasons"]}
        assert told <= posts and follower in {each["official_id"] for each in answer["recipients"]}
    mine = province.get("assignments", f"/assignments?official={follower}&at={DAY}")["items"]
    assert [each["legal_basis"] for each in mine] == [
        "Quyết định 182; Nghị quyết 202/2025/QH15; Quyết định 19/2025/QĐ-TTg"
    ] * len(mine)
    moved = {name: province.get("visits", f"/{path}/{work[name]['id']}")["unit"] for name, path in (
        ("split", "issues"), ("closed", "issues"), ("visit", "visits"), ("feedback", "feedback"),
        ("request", "information-requests"),
    )}  # fmt: skip
    assert moved["split"]["code"] == chosen and moved["visit"] == heir
    assert moved["closed"]["path"] == f"83/829/{COMMUNE}/"
    assert moved["feedback"]["path"].startswith("86/") and moved["request"] == moved["feedback"]
    # Who may see the new commune sees what came to it.
    inside = bearer(territories=(heir["path"],))
    province.call("visits", "GET", f"/issues/{work['issue']['id']}", headers=inside)
    assert [
        each["id"] for each in province.get("visits", f"/issues?unit={heir['path']}&state=reported")["items"]
    ] == [work["issue"]["id"]]
    hamlet = province.get("visits", f"/issues/{work['issue']['id']}")["hamlet"]
    assert hamlet["id"] != province.people[f"hamlet {COMMUNE}"] and hamlet["name"].startswith("Ấp 1")
    _check_told(province, work, heir, hamlet)


def _check_told(province: Province, work: dict[str, Any], heir: dict[str, Any], hamlet: dict[str, Any]) -> None:
    lines = province.get("visits", f"/issues/{work['issue']['id']}/timeline")["items"]
    assert heir["name"] in lines[-1]["text"]["vi"] and "01/07/2025" in lines[-1]["text"]["vi"]
    province.post("visits", f"/issues/{work['issue']['id']}/escalations", {"reason": "Cần cống dự phòng."})
    province.settle()
    told = province.get("visits", f"/issues/{work['issue']['id']}/escalations")["items"][0]["recipients"]
    people = (province.people["commune_follower"], province.people["hamlet_follower"])
    assert {each["official_id"] for each in told} == set(people)
    follow_late(province.apis.system.sessions["visits"])
