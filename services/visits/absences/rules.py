"""Who acts for an official who is away, and on which days nobody does. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import UUID

Known = Mapping[UUID, Sequence["Away"]]  # by who is away


@dataclass(frozen=True, slots=True)
class Away:
    """An approved absence from `first` until just before `until` (None: its end is not known). `assignments`: from
    these only; None: from everything. A substitute who is no longer active is None."""

    id: UUID
    official_id: UUID
    substitute_id: UUID | None
    assignments: frozenset[UUID] | None
    first: date
    until: date | None

    def holds(self, assignment_id: UUID | None, on: date) -> bool:
        """Whether the official is away from an assignment on a day; None: from standing in for somebody."""
        in_time = self.first <= on and (self.until is None or on < self.until)
        return in_time and (self.assignments is None or assignment_id in self.assignments)


def by_official(absences: Iterable[Away]) -> Known:
    """Absences by who is away; should there be two at a time, the older one counts."""
    found: dict[UUID, list[Away]] = {}
    for each in sorted(absences, key=lambda absence: absence.id):
        found.setdefault(each.official_id, []).append(each)
    return found


def about(official_id: UUID, known: Known) -> Known:
    """Of many absences those that may matter to one official: the own ones, and of whoever may come to stand in."""
    found: dict[UUID, Sequence[Away]] = {}
    waiting = [official_id]
    while waiting:
        person = waiting.pop()
        if person in known and person not in found:
            found[person] = known[person]
            waiting += [each.substitute_id for each in known[person] if each.substitute_id is not None]
    return found


def acting(official_id: UUID, assignment_id: UUID, on: date, known: Known) -> UUID | None:
    """Who acts for an assignment on a day: its holder, who stands in, that one's substitute while away as well;
    None where the chain ends with nobody or comes back to somebody it has passed (ADR 14)."""
    person, passed = official_id, {official_id}
    limited: UUID | None = assignment_id
    while away := next((each for each in known.get(person, ()) if each.holds(limited, on)), None):
        if away.substitute_id is None or away.substitute_id in passed:
            return None
        person, limited = away.substitute_id, None
        passed.add(person)
    return person


def spells(
    official_id: UUID, assignment_id: UUID, since: date, until: date, known: Known
) -> Iterator[tuple[date, date, UUID | None]]:
    """The days from `since` until just before `until` in pieces, each with who acts in it: (first, until, who)."""
    turns = {since, until}
    for absences in known.values():
        for each in absences:
            turns.update(day for day in (each.first, each.until) if day and since < day < until)
    days = sorted(turns)
    for first, end in pairwise(days):
        yield first, end, acting(official_id, assignment_id, first, known)
