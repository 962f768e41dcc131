"""A province in small: the three services joined, two communes, and somebody in every post."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.assignments.units.importer import import_units
from tests.integration.apis.conftest import Apis, applications
from tests.support.databases import Databases
from tests.support.servers import Servers
from tests.support.tokens import bearer

DATA = Path(__file__).resolve().parents[2] / "data" / "units-2025-06-30.csv"
PROVINCE, TOWN, COMMUNE, OTHER = "83", "829", "28789", "28783"  # Bến Tre, its town, Xã Bình Phú, Xã Sơn Đông
SINCE = "2020-01-01"


@dataclass
class Province:
    """The services, and the officials by post."""

    apis: Apis
    people: dict[str, str] = field(default_factory=dict)  # post: id of its holder
    assignments: dict[str, str] = field(default_factory=dict)  # post: id of the assignment

    def call(
        self, service: str, method: str, path: str, json: Any = None, *, expect: int = 200, **more: Any
    ) -> Any:
        """A request with a token for everything; the body of the answer, which must have this status."""
        answer = self.apis.call(service, method, path, **({"json": json} if json is not None else {}), **more)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json if answer.is_json else answer.data

    def get(self, service: str, path: str) -> Any:
        """GET."""
        return self.call(service, "GET", path)

    def post(self, service: str, path: str, json: Any, *, expect: int = 201, **more: Any) -> Any:
        """POST."""
        return self.call(service, "POST", path, json, expect=expect, **more)

    @staticmethod
    def reading_only() -> dict[str, str]:
        """The header of a token that may read, and no more."""
        return bearer(scopes=("visits:read",))

    def settle(self) -> None:
        """Deliver every event, each twice, until all is quiet."""
        self.apis.system.drain()

    def report(self, **changes: Any) -> dict[str, Any]:
        """A commune reports an issue."""
        given = {"unit": COMMUNE, "kind": "pressing", "category": "irrigation_salinity", "severity": "high"}
        words = {"title": "Cống ngăn mặn bị hỏng", "description": "Nước mặn đã vào ruộng của ba ấp."}
        return dict(self.post("visits", "/issues", given | words | changes))

    def inbox(self, post: str) -> list[dict[str, Any]]:
        """What the holder of a post was told."""
        return list(self.get("notifications", f"/inbox?official={self.people[post]}")["items"])


@pytest.fixture
def province(servers: Servers, databases: Databases, tmp_path: Path) -> Iterator[Province]:
    """Made anew for every journey."""
    with applications(databases) as apis:
        made = Province(apis)
        with apis.system.sessions["assignments"].begin() as session:
            assert import_units(session, units_of(tmp_path, PROVINCE)).errors == []
        cluster = {"name": "Tiểu vùng 1", "district": TOWN, "communes": [COMMUNE], "valid_from": SINCE}
        places = {
            "commune_follower": {"unit": COMMUNE},
            "district_overseer": {"unit": TOWN},
            "cluster_overseer": {"cluster": made.post("assignments", "/clusters", cluster)["id"]},
            "district_standing_body": {"unit": TOWN},
            "provincial_leader": {"unit": PROVINCE},
        }
        for number, (post, place) in enumerate(places.items()):
            appoint(made, post, place, f"Nguyễn Văn {['An', 'Bình', 'Chín', 'Dũng', 'Em'][number]}")
        made.settle()
        yield made


def appoint(province: Province, post: str, place: dict[str, str], name: str) -> None:
    """Let a new official hold a post."""
    """A new official who holds the post."""
    person = {
        "full_name": name,
        "given_name": name.split()[-1],
        "email": f"{post}@bentre.example",
        "unit": PROVINCE,
    }
    province.people[post] = province.post("assignments", "/officials", person)["id"]
    holds = {"official": province.people[post], "post": post, "valid_from": SINCE, "legal_basis": "Quyết định 182"}
    province.assignments[post] = province.post("assignments", "/assignments", holds | place)["id"]


def units_of(folder: Path, *provinces: str) -> Path:
    """A file of the units of these provinces."""
    header, *lines = DATA.read_text(encoding="utf-8").splitlines()
    districts = {line.split(",")[0] for line in lines if line.split(",")[4] in provinces}
    chosen = [
        line for line in lines if line.split(",")[0] in provinces or line.split(",")[4] in {*provinces, *districts}
    ]
    file = folder / "units.csv"
    file.write_text("\n".join([header, *chosen]) + "\n", encoding="utf-8")
    return file
