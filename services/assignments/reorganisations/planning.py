"""The items of a plan, drafted from the situation: what becomes of each thing unless somebody decides."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from services.assignments.reorganisations.rules import (
    Basis,
    Fate,
    Outcome,
    Subject,
    territory_after,
)
from services.assignments.reorganisations.situation import Situation

Draft = dict[str, Any]

_ENDS = Fate(Outcome.ENDS, (), None, Basis.NONE)


def drafts(situation: Situation) -> list[Draft]:
    """All items, without what is decided about them; the kinds in the order in which they are carried out."""
    clusters = list(_clusters(situation))
    ended = [each["subject_id"] for each in clusters if each["outcome"] == Outcome.ENDS]
    return [
        *_units(situation),
        *_hamlets(situation),
        *clusters,
        *_assignments(situation, ended),
        *_officials(situation),
        *_clients(situation),
    ]


def fingerprint(items: Sequence[Any]) -> set[tuple[Any, ...]]:
    """What two plans must agree on to be the same one, from drafts or items."""
    names = ("kind", "subject_id", "subject_version", "outcome", "default_code", "default_basis")
    get = (lambda item, name: item[name]) if items and isinstance(items[0], dict) else getattr
    return {tuple(get(item, name) for name in names) for item in items}


def _units(situation: Situation) -> Iterator[Draft]:
    for unit_id, fate in situation.proposed.items():
        unit = situation.units[unit_id]
        needs = fate.outcome in (Outcome.SPLITS, Outcome.UNMAPPED)
        details = {"code": unit.code, "level": unit.level, "path": unit.path}
        yield _draft(Subject.UNIT, unit_id, unit.version, unit_id, unit.name, fate, needs, details)


def _hamlets(situation: Situation) -> Iterator[Draft]:
    for row in situation.hamlets():
        fate, unit = situation.fates[row.unit_id], situation.units[row.unit_id]
        needs = fate.outcome != Outcome.MOVES
        yield _draft(Subject.HAMLET, row.id, row.version, unit.id, f"{row.name}, {unit.name}", fate, needs, {})


def _clusters(situation: Situation) -> Iterator[Draft]:
    """A cluster ends with its district, or with its last commune. One that lasts loses those that end and holds
    their successors, where they stand in the same district."""
    held: dict[UUID, list[UUID]] = defaultdict(list)
    rows = {row.id: row for row in situation.clusters()}
    for row in situation.clusters():
        if row.commune_id is not None:
            held[row.id].append(row.commune_id)
    for cluster_id, row in rows.items():
        leaving = [each for each in held[cluster_id] if each in situation.fates]
        if not leaving and row.district_id not in situation.fates:
            continue
        district = situation.units[row.district_id]
        codes = {code for each in leaving if (code := situation.fates[each].default)}
        joining = sorted(code for code in codes if situation.listed[code].parent_code == district.code)
        lasts = row.district_id not in situation.fates and (joining or len(leaving) < len(held[cluster_id]))
        fate = Fate(Outcome.SHRINKS, tuple(joining), None, Basis.NONE) if lasts else _ENDS
        details = {"loses": sorted(situation.units[each].name for each in leaving)}
        label = f"{row.name}, {district.name}"
        yield _draft(Subject.CLUSTER, cluster_id, row.version, district.id, label, fate, False, details)


def _assignments(situation: Situation, ended_clusters: Sequence[UUID]) -> Iterator[Draft]:
    """Of a post that one person holds for a place, who has held it longest goes on where units are merged."""
    held: dict[tuple[str, str], UUID] = {}
    for row in situation.assignments(ended_clusters):
        fate = _ENDS if row.cluster_id else situation.fates[row.territory_id]
        if not row.several and row.hamlet_id is None and fate.default is not None:
            first = held.setdefault((row.post_code, fate.default), row.official_id)
            fate = fate if first == row.official_id else _ENDS
        unit = situation.units[row.territory_id]
        label = f"{row.full_name}: {row.post_name}, {unit.name}"
        details = {"official_id": str(row.official_id), "post": row.post_code, "attached_to": row.attached_to}
        needs = fate.outcome != Outcome.MOVES
        yield _draft(Subject.ASSIGNMENT, row.id, row.version, unit.id, label, fate, needs, details)


def _officials(situation: Situation) -> Iterator[Draft]:
    for row in situation.officials():
        code = situation.home_after(row.unit_id)
        if code is not None:
            fate = Fate(Outcome.MOVES, (code,), code, Basis.DERIVED)
            yield _draft(Subject.OFFICIAL, row.id, row.version, row.unit_id, row.full_name, fate, False, {})


def _clients(situation: Situation) -> Iterator[Draft]:
    lowest, below = situation.lowest(), situation.below()
    for row in situation.clients():
        after = territory_after(row.territories, lowest, below)
        if after != list(row.territories):
            details = {"territories": after}
            fate = Fate(Outcome.MOVES, (), None, Basis.DERIVED)
            yield _draft(Subject.CLIENT, row.id, 0, None, row.name, fate, False, details)


def _draft(
    kind: Subject,
    subject_id: UUID,
    version: int,
    unit_id: UUID | None,
    label: str,
    fate: Fate,
    needs_decision: bool,
    details: dict[str, Any],
) -> Draft:
    return {
        "kind": str(kind),
        "subject_id": subject_id,
        "subject_version": version,
        "unit_id": unit_id,
        "label": label,
        "outcome": str(fate.outcome),
        "successors": list(fate.successors),
        "needs_decision": needs_decision,
        "default_code": fate.default,
        "default_basis": str(fate.basis),
        "details": details,
    }
