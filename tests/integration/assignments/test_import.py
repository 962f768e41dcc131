"""Importing units into a real database."""

import time
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.units.importer import ImportReport, import_units
from services.assignments.units.model import Unit
from tests.integration.assignments.conftest import COUNTRY, DATA

HEADER = "code,name,kind,level,parent_code,latitude,longitude"
SMALL = [
    "83,Tỉnh Bến Tre,tinh,province,,10.1,106.5",
    "834,Huyện Giồng Trôm,huyen,district,83,10.1,106.5",
    "28993,Xã Mỹ Thạnh,xa,commune,834,10.2,106.4",
]


def imported(db: sessionmaker[Session], path: Path, *lines: str, header: str = HEADER) -> ImportReport:
    """The report on a file of these lines (or on the file that is there), committed."""
    if lines:
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    with db.begin() as session:
        return import_units(session, path)


def events(db: sessionmaker[Session]) -> int:
    """How many unit.changed events there are."""
    with db() as session:
        return session.scalar(text("SELECT count(*) FROM outbox WHERE type LIKE '%unit.changed%'")) or 0


def units(db: sessionmaker[Session]) -> dict[str, Unit]:
    """The units by code."""
    with db() as session:
        return {unit.code: unit for unit in session.scalars(select(Unit))}


def test_the_country_is_imported_in_seconds_and_only_once(assignments_db: sessionmaker[Session]) -> None:
    """All 10,794 rows in one transaction, within seconds; importing again creates and changes nothing."""
    started = time.perf_counter()
    with assignments_db.begin() as session:
        steps: list[tuple[int, int]] = []
        first = import_units(session, COUNTRY, progress=lambda done, total: steps.append((done, total)))
    assert time.perf_counter() - started < 30
    assert first == ImportReport(created=10794)
    assert steps[-1] == (10794, 10794) and len(steps) > 5
    assert events(assignments_db) == 10794
    again = imported(assignments_db, COUNTRY)
    assert again == ImportReport(unchanged=10794)
    assert events(assignments_db) == 10794


def test_both_schemes_stand_side_by_side(assignments_db: sessionmaker[Session]) -> None:
    """Once the old units have ended, the two-tier list follows them under the same codes."""
    imported(assignments_db, COUNTRY)
    refused = imported(assignments_db, DATA / "units-2025-07-01.csv")
    assert refused.created == 0 and len(refused.errors) > 3000
    assert {error.field for error in refused.errors} == {"code"}
    with assignments_db.begin() as session:
        session.connection().exec_driver_sql("UPDATE units SET valid_to = '2025-07-01'")
    assert imported(assignments_db, DATA / "units-2025-07-01.csv") == ImportReport(created=3355)
    with assignments_db() as session:
        found = session.execute(
            select(Unit.path, Unit.name, Unit.valid_from, Unit.province_abbreviation)
            .where(Unit.code == "28789")
            .order_by(Unit.valid_from)
        ).all()
    assert [tuple(row) for row in found] == [
        ("83/829/28789/", "Xã Bình Phú", date(2004, 7, 8), "BT"),
        ("86/28789/", "Phường Bến Tre", date(2025, 7, 1), "VL"),
    ]


def test_rows_may_come_in_any_order(assignments_db: sessionmaker[Session], tmp_path: Path) -> None:
    """A commune may stand above its district in the file."""
    assert imported(assignments_db, tmp_path / "u.csv", *reversed(SMALL)).created == 3
    assert units(assignments_db)["28993"].path == "83/834/28993/"


def test_a_changed_row_changes_one_unit(assignments_db: sessionmaker[Session], tmp_path: Path) -> None:
    """A corrected name raises that unit's version, keeps its id, and is told once."""
    imported(assignments_db, tmp_path / "u.csv", *SMALL)
    before = units(assignments_db)["28993"]
    report = imported(assignments_db, tmp_path / "u.csv", *SMALL[:2], SMALL[2].replace("Thạnh", "Thành"))
    after = units(assignments_db)["28993"]
    assert report == ImportReport(changed=1, unchanged=2)
    assert (after.id, after.version, after.name, after.folded) == (before.id, 2, "Xã Mỹ Thành", "xa my thanh")
    assert events(assignments_db) == 4


def test_a_moved_district_moves_its_communes(assignments_db: sessionmaker[Session], tmp_path: Path) -> None:
    """A new parent changes the path of all that stands under the unit, also of units the file does not hold."""
    other = "86,Tỉnh Vĩnh Long,tinh,province,,10.1,106.5"
    imported(assignments_db, tmp_path / "u.csv", *SMALL, other)
    report = imported(assignments_db, tmp_path / "u.csv", SMALL[1].replace(",83,", ",86,"))
    # A file without provinces still has a district, so it is of the three-tier scheme.
    assert report.errors == [] and report.changed == 2
    commune = units(assignments_db)["28993"]
    assert (commune.path, commune.province_abbreviation, commune.version) == ("86/834/28993/", "VL", 2)


def test_with_one_bad_row_nothing_is_imported(assignments_db: sessionmaker[Session], tmp_path: Path) -> None:
    """Every bad row is listed with line and field, and the good ones are not imported either."""
    report = imported(
        assignments_db,
        tmp_path / "u.csv",
        *SMALL,
        "28996,Xã Châu Hòa,xa,commune,999,10.2,106.4",
        "2899,Xã Ngắn,xa,commune,834,10.2,106.4",
        "28999,,xa,commune,834,north,106.4",
        "29002,Xã Lương Quới,xa,commune,834",
        "28993,Xã Lặp,xa,commune,834,10.2,106.4",
    )
    assert [(error.line, error.field) for error in report.errors] == [
        (5, "parent_code"),
        (6, "code"),
        (7, "latitude"),
        (7, "name"),
        (8, ""),
        (9, "code"),
    ]
    assert all(error.reason_vi and error.reason_en for error in report.errors)
    assert (report.created, units(assignments_db), events(assignments_db)) == (0, {}, 0)


def test_dates_in_the_file_are_honoured(assignments_db: sessionmaker[Session], tmp_path: Path) -> None:
    """With columns valid_from and valid_to, one file may hold a unit and its successor under one code."""
    report = imported(
        assignments_db,
        tmp_path / "u.csv",
        "83,Tỉnh Bến Tre,tinh,province,,,,2004-07-08,2025-07-01",
        "83,Tỉnh Khác,tinh,province,,,,2025-07-01,",
        "834,Huyện Giồng Trôm,huyen,district,83,,,2004-07-08,2025-07-01",
        "29000,Xã Mới,xa,commune,83,,,2025-07-01,",
        header=f"{HEADER},valid_from,valid_to",
    )
    assert report == ImportReport(created=4)
    assert units(assignments_db)["29000"].path == "83/29000/"
    overlapping = imported(
        assignments_db,
        tmp_path / "u.csv",
        "83,Tỉnh Bến Tre,tinh,province,,,,2010-01-01,2011-01-01",
        header=f"{HEADER},valid_from,valid_to",
    )
    assert [(error.line, error.field) for error in overlapping.errors] == [(2, "code")]


def test_an_ended_unit_stays_ended(assignments_db: sessionmaker[Session], tmp_path: Path) -> None:
    """A file that says nothing about ends does not reopen what a reorganisation has ended."""
    imported(assignments_db, tmp_path / "u.csv", *SMALL)
    with assignments_db.begin() as session:
        session.connection().exec_driver_sql("UPDATE units SET valid_to = '2025-07-01'")
    assert imported(assignments_db, tmp_path / "u.csv", *SMALL) == ImportReport(unchanged=3)


def test_a_given_first_day_counts(assignments_db: sessionmaker[Session], tmp_path: Path) -> None:
    """The caller may say since when the file is valid."""
    (tmp_path / "u.csv").write_text("\n".join([HEADER, *SMALL]), encoding="utf-8")
    with assignments_db.begin() as session:
        import_units(session, tmp_path / "u.csv", valid_from=date(2010, 1, 1))
    assert {unit.valid_from for unit in units(assignments_db).values()} == {date(2010, 1, 1)}


def test_a_province_no_list_names_gets_its_initials(assignments_db: sessionmaker[Session], tmp_path: Path) -> None:
    """Initials, with the code behind them when another province has those."""
    imported(
        assignments_db,
        tmp_path / "u.csv",
        "97,Tỉnh Bình Tân,tinh,province,,,",
        "98,Tỉnh Đất Mũi,tinh,province,,,",
    )
    found = {code: unit.province_abbreviation for code, unit in units(assignments_db).items()}
    assert found == {"97": "BT97", "98": "DM"}


def test_a_missing_file_is_an_error_of_the_caller(assignments_db: sessionmaker[Session]) -> None:
    """A path that cannot be read raises OSError."""
    with assignments_db() as session, pytest.raises(OSError):
        import_units(session, "/nowhere/units.csv")
    with assignments_db() as session:
        assert session.scalar(select(func.count()).select_from(Unit)) == 0
