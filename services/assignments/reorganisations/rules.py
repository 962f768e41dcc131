"""Reorganisations without a database: what becomes of each unit, and where it goes unless somebody decides."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from math import cos, radians
from typing import NamedTuple
from uuid import UUID

# The level that open work and hamlets hang on.
LOWEST = "commune"


class State(StrEnum):
    """How far a reorganisation has come."""

    PLANNED = "planned"
    APPLIED = "applied"
    UNDO_ASKED = "undo_asked"  # the other services say whether something depends on it
    UNDO_READY = "undo_ready"  # nothing does
    UNDONE = "undone"


class Subject(StrEnum):
    """What an item of a plan is about."""

    UNIT = "unit"
    CLUSTER = "cluster"
    HAMLET = "hamlet"
    ASSIGNMENT = "assignment"
    OFFICIAL = "official"  # the home unit
    CLIENT = "client"  # the territory of its tokens


class Outcome(StrEnum):
    """What becomes of a subject."""

    MOVES = "moves"  # whole, to one successor
    SPLITS = "splits"  # among several: one has to be chosen
    UNMAPPED = "unmapped"  # it ends, and no row says where it goes
    ENDS = "ends"  # nothing of its level comes after it
    SHRINKS = "shrinks"  # a cluster that loses members and lasts


class Basis(StrEnum):
    """Why a successor is the default."""

    LISTED = "listed"  # the list says so
    DERIVED = "derived"  # all below it goes there
    MOST = "most"  # most below it goes there; of equals the lowest code
    NEAREST = "nearest"  # its point lies nearest to that of the old unit
    FIRST = "first"  # the lowest code, for want of points
    NONE = "none"


class Old(NamedTuple):
    """A unit in force on the eve."""

    id: UUID
    code: str
    level: str
    parent_id: UUID | None
    latitude: float | None
    longitude: float | None


class New(NamedTuple):
    """A unit that begins."""

    code: str
    level: str
    parent_code: str
    latitude: float | None
    longitude: float | None


class Successor(NamedTuple):
    """Where an old unit goes: whole, or a part of it."""

    code: str
    whole: bool


class Fate(NamedTuple):
    """What becomes of an old unit; `default` is the successor that its open work goes to unless decided."""

    outcome: Outcome
    successors: tuple[str, ...]
    default: str | None
    basis: Basis


Successions = Mapping[str, Sequence[Successor]]  # by old code

_ENDS = Fate(Outcome.ENDS, (), None, Basis.NONE)


def tops(new: Mapping[str, New]) -> dict[str, str]:
    """The highest unit of the list above each one of it (itself, if none stands above)."""
    found: dict[str, str] = {}
    for code in new:
        above = code
        while new[above].parent_code in new:
            above = new[above].parent_code
        found[code] = above
    return found


def together(pairs: Collection[tuple[str, str]], wanted: Collection[str]) -> set[str]:
    """All old provinces that have to be reorganised with those wanted, which included: those that go, in part or
    whole, to a new province to which one of these goes. `pairs`: old and new province of each succession."""
    group: set[str] = set()
    more = set(wanted)
    while more:
        group |= more
        reached = {new for old, new in pairs if old in group}
        more = {old for old, new in pairs if new in reached} - group
    return group


class Reform:
    """The units of the eve, those of the day, and the list of successions: `fates` says what becomes of each."""

    def __init__(self, old: Iterable[Old], new: Iterable[New], successions: Successions) -> None:
        self._old = {unit.id: unit for unit in old}
        self._new = {unit.code: unit for unit in new}
        self._successions = successions
        self._tops = tops(self._new)
        self._children: dict[UUID, list[UUID]] = defaultdict(list)
        for unit in self._old.values():
            if unit.parent_id in self._old:
                self._children[unit.parent_id].append(unit.id)

    def fates(self) -> dict[UUID, Fate]:
        """Of every old unit that ends. Those go: the units with successors; all in a highest unit that the list
        replaces by others; and units above, once nothing is left below them and nothing new is put there."""
        ending = self._ending()
        order = sorted(ending, key=lambda each: -len(self._line(each)))  # from the bottom up
        fates: dict[UUID, Fate] = {}
        votes: dict[UUID, Counter[str]] = defaultdict(Counter)
        for each in order:
            unit = self._old[each]
            if given := self._successions.get(unit.code):
                fates[each] = self._listed(unit, given)
                for successor in given:
                    votes[each][successor.code] += 1
            elif votes[each]:
                fates[each] = self._derived(unit, votes[each])
            if unit.parent_id in self._old:
                votes[unit.parent_id] += votes[each]
        for each in order:
            if each not in fates:
                fates[each] = self._without(self._old[each], fates)
        return fates

    def _ending(self) -> set[UUID]:
        ending = {each for each, unit in self._old.items() if unit.code in self._successions}
        replaced = set()
        for each in ending:
            top = self._line(each)[-1]
            goes_to = (self._tops[successor.code] for successor in self._successions[self._old[each].code])
            if any(self._new[code].level == self._old[top].level for code in goes_to):
                replaced.add(top)
        ending |= {each for each in self._old if self._line(each)[-1] in replaced}
        hosts = {unit.parent_code for unit in self._new.values() if unit.parent_code not in self._new}
        for each in sorted(self._old, key=lambda each: -len(self._line(each))):
            below = self._children.get(each)
            if below and ending.issuperset(below) and self._old[each].code not in hosts:
                ending.add(each)
        return ending

    def _line(self, unit_id: UUID) -> list[UUID]:
        """A unit and all above it, lowest first."""
        line = [unit_id]
        while (above := self._old[line[-1]].parent_id) in self._old:
            line.append(above)
        return line

    def _listed(self, unit: Old, given: Sequence[Successor]) -> Fate:
        codes = tuple(successor.code for successor in given)
        if len(given) == 1 and given[0].whole:
            return Fate(Outcome.MOVES, codes, codes[0], Basis.LISTED)
        return Fate(Outcome.SPLITS, codes, *self._nearest(unit, codes))

    def _derived(self, unit: Old, votes: Counter[str]) -> Fate:
        """Where a unit goes whose lower units go to these: to what stands above them, on its own level."""
        counts: Counter[str] = Counter()
        for code, count in votes.items():
            while code in self._new and self._new[code].level != unit.level:
                code = self._new[code].parent_code
            if code in self._new:
                counts[code] += count
        if not counts:
            return _ENDS
        codes = tuple(sorted(counts))
        if len(codes) == 1:
            return Fate(Outcome.MOVES, codes, codes[0], Basis.DERIVED)
        return Fate(Outcome.SPLITS, codes, min(codes, key=lambda code: (-counts[code], code)), Basis.MOST)

    def _without(self, unit: Old, fates: Mapping[UUID, Fate]) -> Fate:
        """A unit that no row speaks of: what lies nearest in the same part of the country is proposed."""
        same = [each.code for each in self._new.values() if each.level == unit.level]
        if not same:
            return _ENDS
        above = fates.get(self._line(unit.id)[-1])
        inside = [code for code in same if above and self._tops[code] == above.default]
        return Fate(Outcome.UNMAPPED, (), *self._nearest(unit, sorted(inside or same)))

    def _nearest(self, unit: Old, codes: Sequence[str]) -> tuple[str, Basis]:
        away = {code: distance(unit, self._new[code]) for code in codes}
        known = [code for code in codes if away[code] is not None]
        if not known:
            return min(codes), Basis.FIRST
        return min(known, key=lambda code: (away[code], code)), Basis.NEAREST


def distance(a: Old | New, b: Old | New) -> float | None:
    """How far apart two points lie, in squared degrees of latitude: good to compare with; None without a point."""
    if None in (a.latitude, a.longitude, b.latitude, b.longitude):
        return None
    east = (a.longitude - b.longitude) * cos(radians(a.latitude))  # type: ignore[operator, arg-type]
    return float((a.latitude - b.latitude) ** 2 + east**2)  # type: ignore[operator]


class Named(NamedTuple):
    """A hamlet that comes to a new commune, and the name of the commune it comes from."""

    id: UUID
    name: str
    commune: str


def hamlet_names(coming: Iterable[Named], taken: Iterable[str] = ()) -> dict[UUID, str]:
    """The names under one commune: a name that two have, or that is taken, is followed by the commune it comes from
    ("Ấp 1 (Mỹ Thạnh)"), and by a number if that is not enough. Letter case does not matter."""
    coming = sorted(coming, key=lambda each: (each.name.lower(), each.commune, each.id))
    used = {name.lower() for name in taken}
    often = Counter(each.name.lower() for each in coming)
    names: dict[UUID, str] = {}
    for each in coming:
        name = each.name
        if often[name.lower()] > 1 or name.lower() in used:
            name = f"{each.name} ({each.commune})"
        plain, number = name, 2
        while name.lower() in used:
            name, number = f"{plain} {number}", number + 1
        used.add(name.lower())
        names[each.id] = name
    return names


def bare(name: str) -> str:
    """ "Mỹ Thạnh" of "Xã Mỹ Thạnh": the name without its kind."""
    for kind in ("Thị trấn ", "Phường ", "Đặc khu ", "Xã "):
        if name.startswith(kind):
            return name.removeprefix(kind)
    return name


def territory_after(
    territory: Iterable[str], goes_to: Mapping[str, str], below: Mapping[str, set[str]]
) -> list[str]:
    """The path prefixes of an access that should go on: the old ones, for the records of their time, and what the
    units inside them become. `goes_to`: old path to new path of the lowest units; `below`: the path of a new unit
    to those of all lowest ones in it, which stands for them once all are there."""
    kept = list(territory)
    new = {path for old, path in goes_to.items() if any(old.startswith(each) for each in kept)}
    for above, paths in below.items():
        if len(paths) > 1 and paths <= new:
            new = (new - paths) | {above}
    return kept + sorted(path for path in new if not any(path.startswith(each) for each in kept))
