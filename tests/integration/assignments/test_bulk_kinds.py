"""Each kind of sheet: new records, known ones, the rules of the single actions, and back out again."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from shared.web.auth import Principal
from tests.integration.assignments.conftest import Api, Desk
from tests.integration.assignments.sheets import ALL, SCOPES, cells, csv_of, exported, taken, xlsx_of

OFFICIALS = csv_of(
    "staff_code;full_name;given_name;unit;email;phone;active",
    "BT-1;Nguyễn Văn An;An;83;an@bentre.example;0912 345 678;có",
    "BT-2;Nguyễn Văn An;An;834;;;có",  # a homonym
    "BT-3;Lê Thị Bé;Bé;83;;;không",
)
HAMLETS = csv_of(
    "unit,code,name,valid_from", "28993,01,Ấp Bình Thành,01/01/2020", "28993,02,Ấp Bình Hòa,2020-01-01"
)
CLUSTERS = csv_of("district;code;name;communes;valid_from", "834;TV1;Tiểu vùng 1;28984 28993;01/01/2020")
ASSIGNMENTS = csv_of(
    "official;full_name;post;unit;place;valid_from;valid_to;legal_basis;scope_note",
    'BT-1;Nguyễn Văn An;commune_follower;28993;;01/01/2020;;Quyết định 182;"- dòng một\n- dòng hai"',
    "BT-1;;cluster_overseer;834;TV1;01/01/2020;31/12/2999;Quyết định 182;",
    "BT-2;;hamlet_follower;28993;01;01/01/2020;;Quyết định 182;'=1+1",
)
IN_ORDER = {"officials": OFFICIALS, "hamlets": HAMLETS, "clusters": CLUSTERS, "assignments": ASSIGNMENTS}


def filled(db: sessionmaker[Session]) -> None:
    """A small province, brought in by sheets."""
    for kind, sheet in IN_ORDER.items():
        report = taken(db, kind, sheet)
        assert report.faults == [] and report.created == report.rows > 0, kind


def state(db: sessionmaker[Session]) -> dict[str, list[Any]]:
    """What stands in the tables, and how many events were told of each subject."""
    tables = ("officials", "hamlets", "clusters", "cluster_communes", "assignments")
    with db() as session:
        rows = {name: session.execute(text(f"SELECT * FROM {name} ORDER BY id")).all() for name in tables}
        events = session.execute(text("SELECT body->>'subject', count(*) FROM outbox GROUP BY 1 ORDER BY 1"))
        return {name: list(found) for name, found in rows.items()} | {"events": list(events)}


def test_a_province_is_brought_in_and_again_changes_nothing(sessions: sessionmaker[Session]) -> None:
    """Four sheets make the records and tell each once; the same sheets again change nothing and tell nothing."""
    filled(sessions)
    before = state(sessions)
    assert {name: len(rows) for name, rows in before.items() if name != "events"} == {
        "officials": 3, "hamlets": 2, "clusters": 1, "cluster_communes": 2, "assignments": 3
    }  # fmt: skip
    told = {each[0] for each in before["events"]}
    assert {str(row.id) for name in IN_ORDER for row in before[name]} <= told
    for kind, sheet in IN_ORDER.items():
        report = taken(sessions, kind, sheet)
        assert (report.created, report.changed, report.unchanged, report.faults) == (0, 0, report.rows, [])
    assert state(sessions) == before


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_an_export_taken_in_changes_nothing(sessions: sessionmaker[Session], format_: str) -> None:
    """Every kind in both formats: no fault, no change, no event."""
    filled(sessions)
    before = state(sessions)
    for kind in IN_ORDER:
        report = taken(sessions, kind, exported(sessions, kind, format_))
        assert (report.created, report.changed, report.faults) == (0, 0, []) and report.unchanged, kind
    assert state(sessions) == before


def test_what_the_sheet_made_is_what_the_api_shows(api: Api, sessions: sessionmaker[Session]) -> None:
    """Values are put into the same form as those of single requests."""
    filled(sessions)
    (an,) = api.items("/officials?staff_code=bt-1")
    assert (an["full_name"], an["phone"], an["unit"]["code"], an["language"]) == (
        "Nguyễn Văn An", "+84912345678", "83", "vi",
    )  # fmt: skip
    (bé,) = api.items("/officials?staff_code=BT-3")
    assert bé["active"] is False
    (cluster,) = api.items("/clusters?commune=28984")
    assert cluster["code"] == "TV1" and [each["code"] for each in cluster["communes"]] == ["28984", "28993"]
    held = {each["post"]: each for each in api.items("/assignments")}
    assert held["commune_follower"]["scope_note"] == "- dòng một\n- dòng hai"
    assert held["hamlet_follower"]["hamlet"]["name"] == "Ấp Bình Thành"
    assert held["hamlet_follower"]["scope_note"] == "=1+1"
    assert held["cluster_overseer"]["valid_to"] == "2999-12-31"


def test_known_rows_are_changed_and_columns_left_out_stay(api: Api, sessions: sessionmaker[Session]) -> None:
    """A changed row raises one version and is told once; an empty cell clears, a missing column does not."""
    filled(sessions)
    report = taken(sessions, "officials", csv_of("staff_code;phone;unit", "bt-1;;834", "BT-2;;834"))
    assert (report.created, report.changed, report.unchanged, report.faults) == (0, 1, 1, [])
    (an,) = api.items("/officials?staff_code=BT-1")
    assert (an["phone"], an["email"], an["unit"]["code"], an["version"]) == (None, "an@bentre.example", "834", 2)
    sheet = csv_of("unit;code;name;valid_to", "28993;01;Ấp Bình Thạnh;01/07/2030")
    assert taken(sessions, "hamlets", sheet).changed == 1
    (hamlet,) = [each for each in api.items("/hamlets") if each["code"] == "01"]
    assert (hamlet["name"], hamlet["valid_to"], hamlet["version"]) == ("Ấp Bình Thạnh", "2030-07-01", 2)
    sheet = csv_of("district;code;communes;communes_from", "834;TV1;28993, 28987;01/01/2021")
    assert taken(sessions, "clusters", sheet).changed == 1
    (cluster,) = api.items("/clusters")
    assert [each["code"] for each in cluster["communes"]] == ["28987", "28993"] and cluster["version"] == 2
    assert [each["code"] for each in api.items("/clusters?at=2020-06-01")[0]["communes"]] == ["28984", "28993"]


def test_the_rules_of_single_actions_hold(desk: Desk, sessions: sessionmaker[Session]) -> None:
    """What a request would be refused is a fault of its cell."""
    filled(sessions)
    officials = csv_of(
        "id;staff_code;full_name;given_name;unit",
        ";;Không Mã;Mã;83",
        ";BT-9;Thiếu Tên;;83",
        ";BT-10;Sai Đơn Vị;Vị;99",
        ";BT-1;;An;83",
        ";bt-10;Trùng Mã;Mã;83",
        "00000000-0000-0000-0000-000000000000;BT-11;Ai;Ai;83",
    )
    assert cells(taken(sessions, "officials", officials)) == [
        ("B2", "staff_code"), ("D3", "given_name"), ("E4", "unit"), ("C5", "full_name"), ("B6", "staff_code"),
        ("A7", "id"),
    ]  # fmt: skip
    hamlets = csv_of(
        "unit;code;name;valid_from;valid_to",
        "834;01;Ấp Một;;",
        "28993;03;ấp bình thành;;",
        "28993;01;;;",
        "28993;02;Ấp Bình Hòa;02/01/2020;01/01/2019",
        "28993;04;Ấp Mới;;01/01/2019",
    )
    assert cells(taken(sessions, "hamlets", hamlets)) == [
        ("A2", "unit"), ("C3", "name"), ("C4", "name"), ("D5", "valid_from"), ("E5", "valid_to"),
        ("E6", "valid_to"),
    ]  # fmt: skip
    clusters = csv_of(
        "district;code;name;communes;valid_from",
        "28993;TV2;Hai;28993;",
        "834;TV3;tiểu vùng 1;28987;",
        "834;TV4;Bốn;28993;",
        "834;TV5;Năm;28789;",
        "834;TV6;Sáu;28987 28987;",
        "834;TV7;Bảy;28996;",
        "834;TV8;Tám;28996;",
    )
    assert cells(taken(sessions, "clusters", clusters)) == [
        ("A2", "district"), ("C3", "name"), ("D4", "communes"), ("D5", "communes"), ("D6", "communes"),
        ("D8", "communes"),
    ]  # fmt: skip
    assignments = csv_of(
        "official;full_name;post;unit;place;valid_from;valid_to;legal_basis",
        "BT-8;;commune_follower;28993;;;;QĐ",
        "BT-2;Người Khác;commune_follower;28993;;;;QĐ",
        "BT-2;;nothing;28993;;;;QĐ",
        "BT-2;;commune_follower;834;;;;QĐ",
        "BT-2;;commune_follower;28993;01;;;QĐ",
        "BT-2;;hamlet_follower;28993;;;;QĐ",
        "BT-2;;hamlet_follower;28993;77;;;QĐ",
        "BT-3;;commune_follower;28984;;;;QĐ",
        "BT-1;;commune_follower;28993;;01/01/2021;;QĐ",
        "BT-1;;commune_follower;28993;;01/01/2020;01/01/2019;Quyết định 182",
        "BT-2;;commune_follower;28993;;01/01/2021;01/01/2021;QĐ",
        "BT-2;;commune_follower;28984;;01/01/2021;;",
    )
    assert cells(taken(sessions, "assignments", assignments)) == [
        ("A2", "official"), ("B3", "full_name"), ("C4", "post"), ("D5", "unit"), ("E6", "place"), ("E7", "place"),
        ("E8", "place"), ("A9", "official"), ("F10", "valid_from"), ("G11", "valid_to"), ("G12", "valid_to"),
        ("H13", "legal_basis"),
    ]  # fmt: skip


def test_an_assignment_is_ended_by_its_row(api: Api, sessions: sessionmaker[Session]) -> None:
    """The end of a known assignment is taken; it is told."""
    filled(sessions)
    sheet = csv_of("official;post;unit;valid_from;valid_to;legal_basis",
                   "BT-1;commune_follower;28993;01/01/2020;01/07/2025;Quyết định 182")  # fmt: skip
    assert taken(sessions, "assignments", sheet).changed == 1
    (ended,) = [each for each in api.items("/assignments") if each["post"] == "commune_follower"]
    assert (ended["valid_to"], ended["version"]) == ("2025-07-01", 2)


def test_an_assignment_is_corrected_with_a_reason(api: Api, sessions: sessionmaker[Session]) -> None:
    """Decision, note and end of a known assignment: refused without a reason, with one a new version whose former
    one is kept; a dry run says what would change, and the same sheet again changes nothing."""
    filled(sessions)
    head = "official;post;unit;place;valid_from;valid_to;legal_basis;scope_note;reason"
    row = "BT-1;cluster_overseer;834;TV1;01/01/2020;{};Quyết định 215;Theo dõi thu ngân sách;{}"
    bare = csv_of(head, row.format("", ""))
    assert cells(taken(sessions, "assignments", bare)) == [
        ("F2", "valid_to"),
        ("G2", "legal_basis"),
        ("H2", "scope_note"),
    ]
    sheet = csv_of(head, row.format("", "Nhập nhầm số quyết định"))
    before = state(sessions)
    report = taken(sessions, "assignments", sheet, dry_run=True)
    assert (report.changed, report.faults) == (1, []) and state(sessions) == before
    assert [tuple(each) for each in report.changes] == [
        (2, "valid_to", date(2999, 12, 31), None),
        (2, "legal_basis", "Quyết định 182", "Quyết định 215"),
        (2, "scope_note", None, "Theo dõi thu ngân sách"),
        (2, "reason", None, "Nhập nhầm số quyết định"),
    ]
    assert taken(sessions, "assignments", sheet).changed == 1
    (held,) = [each for each in api.items("/assignments") if each["post"] == "cluster_overseer"]
    assert (held["valid_to"], held["legal_basis"], held["version"]) == (None, "Quyết định 215", 2)
    first, second = api.get(f"/assignments/{held['id']}/history").json["items"]
    versions = sorted((first, second), key=lambda each: each["version"])
    assert [each["legal_basis"] for each in versions] == ["Quyết định 182", "Quyết định 215"]
    assert (versions[1]["change"], versions[1]["reason"]) == ("corrected", "Nhập nhầm số quyết định")
    assert taken(sessions, "assignments", sheet).unchanged == 1


def test_a_correction_keeps_the_rules(sessions: sessionmaker[Session]) -> None:
    """It may not let two hold a post for one, nor one hold a post twice at a time, nor take the decision away."""
    filled(sessions)
    head = "official;post;unit;valid_from;valid_to;legal_basis;reason"
    rows = (
        "BT-2;district_overseer;834;01/01/2020;01/06/2021;Quyết định 182;",
        "BT-1;district_overseer;834;01/06/2021;;QĐ;",
    )
    assert taken(sessions, "assignments", csv_of(head, *rows)).created == 2
    longer = "BT-2;district_overseer;834;01/01/2020;01/07/2021;Quyết định 182;Nhầm ngày"
    assert cells(taken(sessions, "assignments", csv_of(head, longer))) == [("A2", "official")]
    bare = "BT-1;district_overseer;834;01/06/2021;;;Nhầm"
    assert cells(taken(sessions, "assignments", csv_of(head, bare))) == [("F2", "legal_basis")]


def test_a_post_for_one_is_given_to_one(sessions: sessionmaker[Session]) -> None:
    """Held already, or given twice in one sheet, it is a fault; ended and given on in one sheet, none."""
    filled(sessions)
    head = "official;post;unit;valid_from;valid_to;legal_basis"
    given = "BT-2;district_overseer;834;01/01/2020;{};Quyết định 182"
    assert taken(sessions, "assignments", csv_of(head, given.format(""))).faults == []
    other = "BT-1;district_overseer;834;{};;Quyết định 215"
    assert cells(taken(sessions, "assignments", csv_of(head, other.format("01/06/2021")))) == [("A2", "official")]
    twice = csv_of(head, *(f"BT-{n};district_overseer;829;01/01/2021;;Quyết định 182" for n in (1, 2)))
    assert cells(taken(sessions, "assignments", twice)) == [("A2", "official"), ("A3", "official")]
    handed_on = csv_of(head, given.format("01/06/2021"), other.format("01/06/2021"))
    report = taken(sessions, "assignments", handed_on)
    assert (report.faults, report.changed, report.created) == ([], 1, 1)


def test_nothing_outside_the_territory(sessions: sessionmaker[Session]) -> None:
    """A coordinator of one district neither changes nor exports what lies elsewhere."""
    filled(sessions)
    district = Principal("huyen", SCOPES, ("83/834/",))
    sheet = csv_of("staff_code;full_name;given_name;unit", "BT-1;Khác;Khác;834", "BT-20;Mới;Mới;83")
    assert cells(taken(sessions, "officials", sheet, district)) == [("D2", "unit"), ("D3", "unit")]
    assert cells(taken(sessions, "hamlets", csv_of("unit;code;name", "28789;1;Ấp"), district)) == [("A2", "unit")]
    out = exported(sessions, "officials", who=district).decode()
    assert "BT-2" in out and "BT-1" not in out
    assert taken(sessions, "officials", exported(sessions, "officials", who=district), district).unchanged == 1


def test_contacts_are_for_those_who_may_change_them(sessions: sessionmaker[Session]) -> None:
    """Without assignments:write the columns are not there, so taking the sheet in clears nothing."""
    filled(sessions)
    reader = Principal("reader", frozenset({"assignments:read"}), ("",))
    out = exported(sessions, "officials", who=reader)
    assert b"0912" not in out and b"an@bentre" not in out and b"phone" not in out
    assert taken(sessions, "officials", out).unchanged == 3


def test_a_dry_run_writes_nothing(sessions: sessionmaker[Session]) -> None:
    """It says what would be done."""
    before = state(sessions)
    report = taken(sessions, "officials", OFFICIALS, dry_run=True)
    assert (report.created, report.faults) == (3, []) and state(sessions) == before


def test_posts_go_through_their_rules(sessions: sessionmaker[Session]) -> None:
    """Posts come out and in again without a change; a new one is added, one above itself is refused."""
    for format_ in ("csv", "xlsx"):
        report = taken(sessions, "posts", exported(sessions, "posts", format_))
        assert (report.created, report.changed, report.faults) == (0, 0, []) and report.unchanged == report.rows > 5
    head = "code;name_vi;name_en;attached_to;several;above;step;position;required;source"
    good = "ward_adviser;Tư vấn;Adviser;commune;có;commune_follower;1;6;không;QĐ 12"
    assert taken(sessions, "posts", csv_of(head, good)).created == 1
    assert taken(sessions, "posts", csv_of(head, good)).unchanged == 1
    loop = good.replace("commune_follower", "ward_adviser")
    assert (
        cells(taken(sessions, "posts", csv_of(head, loop, "x y;A;B;commune;có;;;;có;QĐ")))
        == [
            ("A3", "code"),
            ("F2", "above"),
        ][::-1]
    )


def test_a_workbook_is_as_good_as_a_csv(sessions: sessionmaker[Session]) -> None:
    """Numbers, days and Vietnamese headings of an XLSX."""
    filled(sessions)
    from datetime import date

    rows = [
        ["Mã xã", "Mã ấp", "Tên ấp", "Từ ngày"],
        [28993, 5, "Ấp Năm", date(2026, 3, 1)],
        [],
        ["28993", "6", "Ấp Sáu", "1/3/2026"],
    ]
    report = taken(sessions, "hamlets", xlsx_of(rows), ALL)
    assert (report.created, report.faults) == (2, [])
    with sessions() as session:
        found = session.execute(text("SELECT code, valid_from::text FROM hamlets WHERE code IN ('5', '6')")).all()
    assert {tuple(each) for each in found} == {("5", "2026-03-01"), ("6", "2026-03-01")}
