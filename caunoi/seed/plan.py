"""Who follows what in Bến Tre: pure, from the list of its units."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from caunoi.seed.names import People, Person

# The three documents that the review conference of 12 April 2017 names.
PLAN_23 = "Kế hoạch 23"
DECISION_182 = "Quyết định 182"
RULE_02 = "Quy định 02"

HOME_BODIES = (
    "Sở Nông nghiệp và Phát triển nông thôn",
    "Sở Tài nguyên và Môi trường",
    "Sở Giao thông vận tải",
    "Sở Y tế",
    "Sở Giáo dục và Đào tạo",
    "Sở Tài chính",
    "Sở Kế hoạch và Đầu tư",
    "Sở Nội vụ",
    "Sở Xây dựng",
    "Sở Công Thương",
    "Sở Tư pháp",
    "Sở Văn hóa, Thể thao và Du lịch",
    "Sở Lao động - Thương binh và Xã hội",
    "Sở Thông tin và Truyền thông",
    "Sở Khoa học và Công nghệ",
    "Thanh tra tỉnh",
    "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh",
    "Hội Nông dân tỉnh",
    "Hội Liên hiệp Phụ nữ tỉnh",
    "Tỉnh Đoàn",
    "Liên đoàn Lao động tỉnh",
    "Hội Cựu chiến binh tỉnh",
    "Ban Tổ chức Tỉnh ủy",
    "Ban Tuyên giáo Tỉnh ủy",
    "Ban Dân vận Tỉnh ủy",
    "Ủy ban Kiểm tra Tỉnh ủy",
    "Văn phòng Tỉnh ủy",
    "Bộ Chỉ huy Quân sự tỉnh",
    "Công an tỉnh",
)
Adder = Callable[[str, str], "Official"]
PROVINCIAL_LEADERS = ("Phó Bí thư Thường trực Tỉnh ủy", "Phó Bí thư Tỉnh ủy", "Chủ tịch Ủy ban nhân dân tỉnh")


@dataclass(frozen=True)
class Place:
    """A unit as the plan needs it."""

    code: str
    name: str
    parent: str
    is_town: bool


@dataclass
class Official:
    """A person with a home and the posts held: (post, place, legal basis). A place is a unit's code, or the name of
    a cluster or hamlet of this plan."""

    person: Person
    home_unit: str
    home_body: str
    posts: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Plan:
    """All that is written: clusters as name to (district, communes), hamlets as key to (commune, name)."""

    clusters: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    hamlets: dict[str, tuple[str, str]] = field(default_factory=dict)
    officials: list[Official] = field(default_factory=list)


def make(province: str, districts: Sequence[Place], communes: Sequence[Place]) -> Plan:
    """The plan for a province, the same at every run for the same units."""
    plan, people, chance = Plan(), People(), random.Random(1704)
    bodies = cycle(HOME_BODIES)

    def add(home_unit: str, body: str) -> Official:
        official = Official(people.next(), home_unit, body)
        plan.officials.append(official)
        return official

    for title in PROVINCIAL_LEADERS:
        add(province, title).posts.append(("provincial_leader", province, RULE_02))
    for district in sorted(districts, key=lambda each: each.code):
        own = sorted((each for each in communes if each.parent == district.code), key=lambda each: each.code)
        overseer = add(province, "Ban Thường vụ Tỉnh ủy")
        overseer.posts.append(("district_overseer", district.code, RULE_02))
        for group in _portions(own, chance):
            follower = add(province, next(bodies))
            follower.posts += [("commune_follower", each.code, DECISION_182) for each in group]
        _district(plan, district, own, add, chance)
    return plan


def _portions(communes: Sequence[Place], chance: random.Random) -> Iterator[Sequence[Place]]:
    """One to three neighbouring communes for each follower."""
    at = 0
    while at < len(communes):
        size = chance.choices((1, 2, 3), (5, 3, 2))[0]
        yield communes[at : at + size]
        at += size


def _district(plan: Plan, district: Place, communes: Sequence[Place], add: Adder, chance: random.Random) -> None:
    body = _committee(district)
    standing = [add(district.code, f"Thường trực {body}") for _ in range(chance.choice((2, 3)))]
    for each in standing:
        each.posts.append(("district_standing_body", district.code, PLAN_23))
    count = 2 if len(communes) <= 12 else 3 if len(communes) <= 18 else 4
    for number in range(count):
        name = f"Tiểu vùng {number + 1}"
        held = communes[number * len(communes) // count : (number + 1) * len(communes) // count]
        key = f"{district.code}/{name}"
        plan.clusters[key] = (district.code, [each.code for each in held])
        # In each district one of the standing members sees to a cluster too: one person, two reasons.
        overseer = standing[-1] if number == 0 else add(district.code, f"Ban Thường vụ {body}")
        overseer.posts.append(("cluster_overseer", key, PLAN_23))
    _hamlets(plan, district, communes, add)


def _hamlets(plan: Plan, district: Place, communes: Sequence[Place], add: Adder) -> None:
    """Three hamlets of three communes each: the first two have a follower, the third still waits for one."""
    for commune in (communes[1], communes[len(communes) // 2], communes[-2]):
        kind = "Khu phố" if commune.is_town else "Ấp"
        names = [f"{kind} {number}" for number in (1, 2, 3)]
        plan.hamlets |= {f"{commune.code}/{name}": (commune.code, name) for name in names}
        follower = add(district.code, f"Phòng Nội vụ {district.name}")
        follower.posts += [("hamlet_follower", f"{commune.code}/{name}", PLAN_23) for name in names[:2]]


def _committee(district: Place) -> str:
    kind, _, name = district.name.partition(" ")
    return f"Thành ủy {name.removeprefix('phố ')}" if kind == "Thành" else f"Huyện ủy {name}"
