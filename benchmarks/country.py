"""A country of officials and assignments, written with COPY, for `responsible_scale` and `coverage_scale`."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Engine, text

from shared import clock
from shared.ids import uuid7

HAMLETS = 9  # of a commune: about a million assignments in the country
CLUSTERS = 3  # of a district
# Of a place: how many hold a post now, and how many terms there were before.
_NOW_AND_BEFORE = {
    "provincial_leader": (3, 12),
    "district_overseer": (1, 3),
    "district_standing_body": (5, 20),
    "cluster_overseer": (1, 4),
    "commune_follower": (2, 8),
    "hamlet_follower": (1, 9),
}
_POSTS = {
    "province": ("provincial_leader",),
    "district": ("district_overseer", "district_standing_body"),
    "commune": ("commune_follower",),
    "cluster": ("cluster_overseer",),
    "hamlet": ("hamlet_follower",),
}
_VACANT, _ABSENT, _MUTE = 0.05, 0.05, 0.01  # shares of the posts, of the officials, of their addresses
_COLUMNS = {
    "officials": "id, full_name, given_name, folded, sort_key, email, unit_id, language, active, version",
    "hamlets": "id, unit_id, name, folded, valid_from, version",
    "clusters": "id, district_id, name, valid_from, version",
    "cluster_communes": "id, cluster_id, commune_id, valid_from",
    "assignments": "id, official_id, post_code, unit_id, cluster_id, hamlet_id, territory_id, legal_basis, "
    "valid_from, valid_to, version",
    "absences": "id, official_id, substitute_id, valid_from, valid_to, reason, state, entered_by, created_at, "
    "version",
}
_SINCE = date(2017, 1, 1)


def copy_units(source: Engine, target: Engine) -> None:
    """Copy the units of one database into another that has none, past the triggers."""
    reading, writing = source.raw_connection(), target.raw_connection()
    try:
        given: Any = reading.driver_connection.cursor()  # type: ignore[union-attr]
        taken: Any = writing.driver_connection.cursor()  # type: ignore[union-attr]
        taken.execute("SET session_replication_role = replica")
        with given.copy("COPY units TO STDOUT") as rows, taken.copy("COPY units FROM STDIN") as copy:
            for row in rows:
                copy.write(row)
        taken.execute("SET session_replication_role = origin")
        writing.commit()
    finally:
        reading.close()
        writing.close()


class Place(NamedTuple):
    """Where a post is held: what kind of place, its id and the unit whose territory it lies in."""

    kind: str
    id: UUID
    territory: UUID


class Country:
    """Writes, into a migrated database with its units, officials and assignments of some provinces."""

    def __init__(self, engine: Engine, share: float, officials: int) -> None:
        """`share` of the provinces get any, and all of them together so many officials."""
        self._engine = engine
        self._chance = random.Random(7)
        with engine.connect() as connection:
            found = connection.execute(
                text("SELECT id, level, path FROM units WHERE valid_to IS NULL ORDER BY path")
            )
            units = found.all()
        tops = [unit.path for unit in units if unit.level == "province"]
        self.provinces = tops[: max(1, round(len(tops) * share))]
        self.units = [unit for unit in units if unit.path[:3] in set(self.provinces)]
        self.communes = [unit.id for unit in self.units if unit.level == "commune"]
        self._officials = [uuid7() for _ in range(officials)]
        self.assignments = 0

    def fill(self) -> None:
        """Write everything, past the triggers that would tell of each row."""
        places = [Place(unit.level, unit.id, unit.id) for unit in self.units]
        hamlets = [(uuid7(), unit) for unit in self.communes for _ in range(HAMLETS)]
        districts: dict[str, list[Any]] = {unit.path: [unit.id] for unit in self.units if unit.level == "district"}
        for unit in self.units:
            if unit.level == "commune":
                districts[unit.path[:7]].append(unit.id)
        clusters = [
            (uuid7(), ids[0], ids[1 + n :: CLUSTERS]) for ids in districts.values() for n in range(CLUSTERS)
        ]
        places += [Place("hamlet", each, unit) for each, unit in hamlets]
        places += [Place("cluster", each, district) for each, district, _ in clusters]
        home = self.units[0].id
        rows: dict[str, Iterable[Sequence[Any]]] = {
            "officials": (self._official(number, each, home) for number, each in enumerate(self._officials)),
            "hamlets": ((each, unit, "Ấp", "ap", _SINCE, 1) for each, unit in hamlets),
            "clusters": ((each, district, "Tiểu vùng", _SINCE, 1) for each, district, _ in clusters),
            "cluster_communes": ((uuid7(), each, unit, _SINCE) for each, _, of in clusters for unit in of),
            "assignments": self._assignments(places),
            "absences": self._absences(),
        }
        connection = self._engine.raw_connection()
        try:
            cursor: Any = connection.driver_connection.cursor()  # type: ignore[union-attr]
            cursor.execute("SET session_replication_role = replica")
            for table, given in rows.items():
                with cursor.copy(f"COPY {table} ({_COLUMNS[table]}) FROM STDIN") as copy:
                    for row in given:
                        copy.write_row(row)
            cursor.execute("SET session_replication_role = origin")
            connection.commit()
        finally:
            connection.close()
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as vacuuming:
            vacuuming.execute(text("VACUUM (ANALYZE)"))

    def _official(self, number: int, official: UUID, home: UUID) -> Sequence[Any]:
        name = f"Nguyễn Văn {number}"
        email = None if self._chance.random() < _MUTE else f"o{number}@caunoi.example"
        return official, name, str(number), f"nguyen van {number}", f"{number:08d}", email, home, "vi", True, 1

    def _assignments(self, places: Iterable[Place]) -> Iterator[Sequence[Any]]:
        today = clock.today()
        for place in places:
            for post in _POSTS[place.kind]:
                now, before = _NOW_AND_BEFORE[post]
                vacant = self._chance.random() < _VACANT
                for number in range(before + (0 if vacant else now)):
                    begins = today - timedelta(days=200 if number >= before else 3000 - 200 * (number % 13))
                    ends = begins + timedelta(days=199) if number < before else None
                    self.assignments += 1
                    official = self._chance.choice(self._officials)
                    ids = [place.id if place.kind == kind else None for kind in ("cluster", "hamlet")]
                    unit = None if any(ids) else place.id
                    yield uuid7(), official, post, unit, *ids, place.territory, "QĐ 182", begins, ends, 1

    def _absences(self) -> Iterator[Sequence[Any]]:
        today = clock.today()
        for official in self._chance.sample(self._officials, round(len(self._officials) * _ABSENT)):
            substitute = self._chance.choice([None, *self._chance.sample(self._officials, 1)])
            begins = today + timedelta(days=self._chance.randrange(-10, 20))
            if substitute != official:
                yield (
                    uuid7(), official, substitute, begins, begins + timedelta(days=14), "leave", "approved",
                    "bench", clock.now(), 1,
                )  # fmt: skip
