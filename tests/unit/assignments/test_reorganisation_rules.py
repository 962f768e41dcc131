"""What becomes of each unit, against a slow reference over generated n:m successions; names and territories."""

from collections import Counter
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.assignments.reorganisations.reading import read_successions
from services.assignments.reorganisations.rules import (
    Basis,
    Fate,
    Named,
    New,
    Old,
    Outcome,
    Reform,
    Successor,
    hamlet_names,
    territory_after,
)


@st.composite
def reforms(draw: st.DrawFn) -> tuple[list[Old], list[New], dict[str, list[Successor]]]:
    """Two or three provinces with districts and communes become one or two without districts."""
    old: list[Old] = []
    for province in range(draw(st.integers(1, 3))):
        top = Old(UUID(int=len(old) + 1), f"{province:02}", "province", None, None, None)
        old.append(top)
        for district in range(draw(st.integers(0, 2))):
            under = Old(UUID(int=len(old) + 1), f"{province}{district:02}", "district", top.id, None, None)
            old.append(under)
            for commune in range(draw(st.integers(0, 3))):
                code, point = f"{province}{district}{commune:03}", draw(st.sampled_from((None, 0.0, 1.0, 2.5)))
                old.append(Old(UUID(int=len(old) + 1), code, "commune", under.id, point, point))
    provinces = [f"{number:02}" for number in range(draw(st.integers(1, 2)))]
    new = [New(code, "province", "", None, None) for code in provinces]
    for number in range(draw(st.integers(1, 4))):
        above, point = draw(st.sampled_from(provinces)), draw(st.sampled_from((None, 0.4, 1.2, 3.0)))
        new.append(New(f"{number:05}", "commune", above, point, point))
    lowest = [each.code for each in new if each.level == "commune"]
    successions = {}
    for unit in old:
        goes_to = (
            draw(st.lists(st.sampled_from(lowest), max_size=3, unique=True)) if unit.level == "commune" else []
        )
        if goes_to:
            successions[unit.code] = [Successor(code, len(goes_to) == 1) for code in sorted(goes_to)]
    return old, new, successions


def slowly(old: list[Old], new: list[New], successions: dict[str, list[Successor]]) -> dict[str, Fate]:
    """The same by definition: every unit asked for all others, nothing remembered."""
    units = {unit.id: unit for unit in old}
    begins = {unit.code: unit for unit in new}

    def inside(unit: Old, other: Old) -> bool:
        above = unit.parent_id and units[unit.parent_id]
        return unit == other or (bool(above) and inside(above, other))

    def on_level(code: str, level: str) -> str | None:
        while code in begins and begins[code].level != level:
            code = begins[code].parent_code
        return code if code in begins else None

    def top(unit: Old) -> Old:
        return next(each for each in old if each.parent_id is None and inside(unit, each))

    found = {}
    replaced = {top(unit).code for unit in old if unit.code in successions}
    for unit in old:
        if top(unit).code not in replaced:
            continue
        below = [each for each in old if inside(each, unit) and each.code in successions]
        ways = Counter(
            above
            for each in below
            for successor in successions[each.code]
            if (above := on_level(successor.code, unit.level)) is not None
        )
        same = sorted(each.code for each in new if each.level == unit.level)
        if unit.code in successions and len(ways) > 1:
            found[unit.code] = Fate(Outcome.SPLITS, tuple(sorted(ways)), *closest(unit, begins, sorted(ways)))
        elif unit.code in successions:
            found[unit.code] = Fate(Outcome.MOVES, tuple(ways), next(iter(ways)), Basis.LISTED)
        elif len(ways) == 1:
            found[unit.code] = Fate(Outcome.MOVES, tuple(ways), next(iter(ways)), Basis.DERIVED)
        elif ways:
            most = sorted(ways, key=lambda code: (-ways[code], code))[0]
            found[unit.code] = Fate(Outcome.SPLITS, tuple(sorted(ways)), most, Basis.MOST)
        elif not same:
            found[unit.code] = Fate(Outcome.ENDS, (), None, Basis.NONE)
        else:
            whole = slowly_top(top(unit), old, successions, on_level, inside)
            near = [code for code in same if on_level(code, "province") == whole]
            found[unit.code] = Fate(Outcome.UNMAPPED, (), *closest(unit, begins, near or same))
    return found


def slowly_top(unit, old, successions, on_level, inside):  # type: ignore[no-untyped-def]
    """Where most of a province goes."""
    below = [each for each in old if inside(each, unit) and each.code in successions]
    ways = Counter(on_level(successor.code, "province") for each in below for successor in successions[each.code])
    return sorted(ways, key=lambda code: (-ways[code], code))[0]


def closest(unit: Old, begins: dict[str, New], codes: list[str]) -> tuple[str, Basis]:
    """Here latitude and longitude are equal, so the nearest in one is the nearest in both."""
    known = [code for code in codes if begins[code].latitude is not None]
    if unit.latitude is None or not known:
        return codes[0], Basis.FIRST
    return min(known, key=lambda code: (abs(begins[code].latitude - unit.latitude), code)), Basis.NEAREST  # type: ignore[operator]


@settings(max_examples=200)
@given(reforms())
def test_fates_are_those_of_the_slow_reference(
    reform: tuple[list[Old], list[New], dict[str, list[Successor]]],
) -> None:
    """Whatever is merged, split, left out or empty: each unit's fate is what the definition says."""
    old = {unit.id: unit.code for unit in reform[0]}
    fates = {old[unit_id]: fate for unit_id, fate in Reform(*reform).fates().items()}
    assert fates == slowly(*reform)


def test_a_merger_within_a_district_leaves_the_rest_alone() -> None:
    """Two communes become one under a district that stays: nothing else ends."""
    old = [
        Old(UUID(int=1), "83", "province", None, None, None),
        Old(UUID(int=2), "829", "district", UUID(int=1), None, None),
        *(Old(UUID(int=3 + n), f"2878{n}", "commune", UUID(int=2), None, None) for n in range(3)),
    ]
    merged = {"28780": [Successor("28799", True)], "28781": [Successor("28799", True)]}
    fates = Reform(old, [New("28799", "commune", "829", None, None)], merged).fates()
    assert {unit_id.int: fate.default for unit_id, fate in fates.items()} == {3: "28799", 4: "28799"}


def test_a_district_ends_with_its_last_commune() -> None:
    """Nothing is left below it and nothing new is put there."""
    old = [
        Old(UUID(int=1), "83", "province", None, None, None),
        Old(UUID(int=2), "829", "district", UUID(int=1), None, None),
        Old(UUID(int=3), "830", "district", UUID(int=1), None, None),
        Old(UUID(int=4), "28780", "commune", UUID(int=2), None, None),
        Old(UUID(int=5), "28790", "commune", UUID(int=3), None, None),
    ]
    moved = {"28780": [Successor("28799", True)]}
    fates = Reform(old, [New("28799", "commune", "830", None, None)], moved).fates()
    assert {unit_id.int: fate.outcome for unit_id, fate in fates.items()} == {4: Outcome.MOVES, 2: Outcome.ENDS}


def test_hamlets_of_one_name_are_told_apart() -> None:
    """Two of a name get the commune they come from; one that is alone keeps its name; no two end up the same."""
    ids = [UUID(int=n) for n in range(1, 6)]
    coming = [
        Named(ids[0], "Ấp 1", "Mỹ Thạnh"),
        Named(ids[1], "ấp 1", "Thạnh Phú"),
        Named(ids[2], "Ấp 2", "Mỹ Thạnh"),
        Named(ids[3], "Ấp 3", "Mỹ Thạnh"),
        Named(ids[4], "Ấp 1", "Mỹ Thạnh"),
    ]
    names = hamlet_names(coming, taken=["Ấp 3"])
    assert [names[each] for each in ids] == [
        "Ấp 1 (Mỹ Thạnh)", "ấp 1 (Thạnh Phú)", "Ấp 2", "Ấp 3 (Mỹ Thạnh)", "Ấp 1 (Mỹ Thạnh) 2",
    ]  # fmt: skip


def test_an_access_goes_on_with_the_place() -> None:
    """The old prefix stays for the records of its time; all of a new unit stands for its parts; nothing is added to
    who sees everything, and nothing of others."""
    goes_to = {"83/829/1/": "86/1/", "83/829/2/": "86/2/", "84/1/3/": "86/3/"}
    below = {"86/": {"86/1/", "86/2/", "86/3/"}}
    assert territory_after(["83/"], goes_to, below) == ["83/", "86/1/", "86/2/"]
    assert territory_after(["83/", "84/"], goes_to, below) == ["83/", "84/", "86/"]
    assert territory_after(["83/829/2/"], goes_to, below) == ["83/829/2/", "86/2/"]
    assert territory_after([""], goes_to, below) == [""]
    assert territory_after(["01/"], goes_to, below) == ["01/"]


def test_every_fault_of_a_list_is_named() -> None:
    """Line, field and reason, and good rows are read all the same."""
    lines = (
        "old_code,new_code,extent",
        "00001,00097,whole",
        "00002,00098,whole",
        "x,00097,whole",
        "00003,00097,all",
        "00004,00097",
        "00001,00097,part",
        "00005,00096,part",
        "00005,00097,whole",
    )
    rows, faults = read_successions("\n".join(lines).encode(), {"00096", "00097"})
    assert [(row.old_code, row.new_code) for row in rows][:1] == [("00001", "00097")]
    assert [(each.line, each.field) for each in faults] == [
        (3, "new_code"), (4, "old_code"), (5, "extent"), (6, ""), (7, "new_code"), (9, "extent"),
    ]  # fmt: skip
    assert read_successions(b"a,b\n", set())[1][0].line == 1
    assert read_successions(b"\xff", set())[1][0].reason_en == "not valid UTF-8"
