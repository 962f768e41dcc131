"""Who acts while an official is absent. Pure: absences in, the person who stands in out.

An absence says who is away and, if anybody, who stands in. It may be limited to some assignments of the official,
who then is there for everything else, standing in for others included. While the substitute is away as well, the
substitute's own substitute acts, and so on; a chain that comes to nobody, or back to somebody it has passed, ends
absent.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.assignments.validity import is_valid


class Person(NamedTuple):
    """An official, by id and name."""

    id: UUID
    full_name: str


class Absence(NamedTuple):
    """An approved absence; `assignments` None: from everything. A substitute who is no longer active is None."""

    id: UUID
    official_id: UUID
    substitute: Person | None
    assignments: Collection[UUID] | None
    valid_from: date
    valid_to: date | None


class Absences:
    """Absences, looked up by who is away."""

    def __init__(self, absences: Iterable[Absence] = ()) -> None:
        self._of: dict[UUID, list[Absence]] = defaultdict(list)
        for absence in absences:
            self._of[absence.official_id].append(absence)
        for group in self._of.values():
            # Two at a time are refused when they are entered; should there be two, the older one counts.
            group.sort(key=lambda each: each.id)

    def acting(self, person: Person, assignment_id: UUID, at: date) -> Person | None:
        """Who acts for an assignment on a day: its holder, who stands in, or nobody."""
        passed = {person.id}
        absence = self._found(person.id, assignment_id, at)
        while absence is not None:
            if absence.substitute is None or absence.substitute.id in passed:
                return None
            person = absence.substitute
            passed.add(person.id)
            absence = self._found(person.id, None, at)
        return person

    def turns(self, official_id: UUID, since: date, until: date) -> list[date]:
        """The days in [since, until) on which who acts for this official may change: the first, and those on which
        an absence of the official, or of anybody who may come to stand in, begins or ends."""
        days, waiting, met = {since}, [official_id], {official_id}
        while waiting:
            for each in self._of.get(waiting.pop(), ()):
                days.update(day for day in (each.valid_from, each.valid_to) if day and since < day < until)
                if each.substitute is not None and each.substitute.id not in met:
                    met.add(each.substitute.id)
                    waiting.append(each.substitute.id)
        return sorted(days)

    def _found(self, official_id: UUID, assignment_id: UUID | None, at: date) -> Absence | None:
        for each in self._of.get(official_id, ()):
            if is_valid(each, at) and (each.assignments is None or assignment_id in each.assignments):
                return each
        return None
