"""The country of the benchmark is one in which somebody is responsible, and somewhere nobody is."""

from datetime import timedelta
from pathlib import Path

from benchmarks.responsible import Pool
from services.assignments.coverage import queries as coverage
from services.assignments.units.importer import import_units
from shared import clock
from shared.database import make_engine, make_sessions
from tests.support.databases import Databases

UNITS = """code,name,kind,level,parent_code,latitude,longitude
83,Tỉnh Bến Tre,tinh,province,,10.108155,106.440587
829,Thành phố Bến Tre,thanh_pho,district,83,10.243356,106.375551
"""


def test_each_question_finds_somebody(databases: Databases, tmp_path: Path) -> None:
    """Every commune has people to tell, some posts nobody; the rows are as the tables want them."""
    file = tmp_path / "units.csv"
    communes = "".join(f"{28000 + n},Xã {n},xa,commune,829,10.2,106.3\n" for n in range(150))
    file.write_text(UNITS + communes)
    engine = make_engine(databases.fresh("assignments"), application_name="bench", pool_size=1)
    with make_sessions(engine).begin() as session:
        assert import_units(session, file).errors == []
    pool = Pool(engine, 1.0, officials=300)
    assert all(pool.responsible()["recipients"] for _ in range(20))
    today = clock.today()
    with pool.sessions() as session:
        found = coverage.gaps(session, "83/", today, today + timedelta(days=31))
        [(province, _), (district, _)] = coverage.tallies(session, "83/", today)
    assert 0 < len(found) < province.required == district.required + 1
    assert province.covered < province.required
    engine.dispose()
