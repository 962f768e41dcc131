"""Visits as a calendar that calendar programs read (RFC 5545). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from services.visits.visits.rules import State
from shared.clock import LOCAL

_OFFSET = timedelta(hours=7)  # since 13 June 1975, without summer time

_STATUS = {State.CANCELLED: "CANCELLED"}
_MARKS = {
    State.CANCELLED: "[Đã hủy] ",
    State.MISSED: "[Chưa thực hiện] ",
    State.CARRIED_OUT: "[Chờ góp ý] ",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a calendar shows of a visit."""

    id: UUID
    sequence: int
    state: State
    purpose: str
    subject: str
    place: str
    meeting_place: str | None
    note: str | None
    people: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, visit: Any, purpose: str, people: Iterable[Any]) -> "Entry":
        """The entry of a visit; `people` have a full_name and perhaps an organisation."""
        same = (
            "id", "sequence", "subject", "meeting_place", "note", "starts_at", "ends_at", "created_at",
            "changed_at",
        )  # fmt: skip
        names = (
            f"{each.full_name} ({each.organisation})" if each.organisation else each.full_name for each in people
        )
        return cls(
            **{name: getattr(visit, name) for name in same},
            state=State(visit.state),
            purpose=purpose,
            place=", ".join(filter(None, (visit.hamlet_name, visit.unit_name))),
            people=tuple(names),
        )


def calendar(owner: str, entries: Sequence[Entry]) -> bytes:
    """The calendar of a person: the same bytes as long as nothing has changed."""
    out = Calendar()
    out.add("prodid", "-//Cau Noi//Visits//VI")
    out.add("version", "2.0")
    out.add("calscale", "GREGORIAN")
    out.add("method", "PUBLISH")
    out.add("name", f"Lịch đi cơ sở: {owner}")
    out.add("x-wr-calname", f"Lịch đi cơ sở: {owner}")
    out.add("x-wr-timezone", LOCAL.key)
    out.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    out.add("x-published-ttl", "PT1H")
    out.add_component(_timezone())
    for entry in entries:
        out.add_component(_event(entry))
    return out.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.id}@visits.caunoi")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("created", entry.created_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at.astimezone(LOCAL))
    event.add("dtend", entry.ends_at.astimezone(LOCAL))
    event.add("summary", f"{_MARKS.get(entry.state, '')}{entry.subject}")
    event.add("location", "; ".join(filter(None, (entry.meeting_place, entry.place))))
    event.add("categories", [entry.purpose])
    event.add("description", "\n".join(filter(None, (entry.purpose, "; ".join(entry.people), entry.note))))
    event.add("status", _STATUS.get(entry.state, "CONFIRMED"))
    event.add("transp", "TRANSPARENT" if entry.state in (State.CANCELLED, State.MISSED) else "OPAQUE")
    return event


def _timezone() -> Timezone:
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", LOCAL.key)
    standard.add("dtstart", datetime(1975, 6, 13))
    standard.add("tzoffsetfrom", _OFFSET)
    standard.add("tzoffsetto", _OFFSET)
    standard.add("tzname", "+07")
    zone.add_component(standard)
    return zone
