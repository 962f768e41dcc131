"""Visits as a calendar, parsed back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from services.visits.visits.calendars import Entry, calendar
from services.visits.visits.rules import State
from shared.clock import LOCAL

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
NAMES = ["Nguyễn Thị Hồng Đào"]


def entry(**changes: Any) -> Entry:
    """A planned visit."""
    given_: dict[str, Any] = {
        "id": UUID("0199e6a2-7a10-7c1b-9b39-0a9f5f0e7d21"),
        "sequence": 0,
        "state": State.PLANNED,
        "purpose": "Dự họp cấp ủy",
        "subject": "Dự họp Ban Chấp hành Đảng bộ xã",
        "place": "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
        "meeting_place": "Hội trường UBND xã",
        "note": None,
        "people": ("Nguyễn Thị Hồng Đào",),
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "created_at": START - timedelta(days=9),
        "changed_at": START - timedelta(days=8),
    }
    return Entry(**given_ | changes)


def parsed(*entries: Entry) -> Calendar:
    """The calendar as another program reads it."""
    return Calendar.from_ical(calendar("Nguyễn Thị Hồng Đào", entries))


def test_a_calendar_program_reads_it_back() -> None:
    """Times, place, people and zone come back as they were."""
    read = parsed(entry())
    assert (read["VERSION"], read["METHOD"], "PRODID" in read) == ("2.0", "PUBLISH", True)
    assert read["X-WR-CALNAME"] == "Lịch đi cơ sở: Nguyễn Thị Hồng Đào"
    (zone,) = read.walk("VTIMEZONE")
    (event,) = read.events
    assert zone["TZID"] == event["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert event["DTSTART"].dt == START.astimezone(LOCAL)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=2)
    assert event["SUMMARY"] == "Dự họp Ban Chấp hành Đảng bộ xã"
    assert event["LOCATION"] == "Hội trường UBND xã; Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre"
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)


def test_what_is_cancelled_stays_and_says_so() -> None:
    """The entry keeps its UID, is CANCELLED and takes no time."""
    (before,), (after,) = parsed(entry()).events, parsed(entry(state=State.CANCELLED, sequence=1)).events
    assert before["UID"] == after["UID"]
    assert (after["STATUS"], after["SEQUENCE"], after["TRANSP"]) == ("CANCELLED", 1, "TRANSPARENT")
    assert after["SUMMARY"].startswith("[Đã hủy] ")


def test_it_is_the_same_until_something_changes() -> None:
    """Read twice it is the same bytes: no moment of reading is in it."""
    assert calendar("An", [entry()]) == calendar("An", [entry()])
    assert calendar("An", [entry()]) != calendar("An", [entry(subject="Khác")])


def test_a_calendar_without_visits_is_one() -> None:
    """It has its zone and nothing else."""
    assert parsed().events == []


LETTERS = st.text(
    st.sampled_from("aăâbcđeêghiklmnoôơpqrstuưvxyắằẳẵặốồổỗộớờởỡợứừửữự ,;:\\\n\"'"), min_size=1, max_size=300
)


@given(LETTERS, LETTERS)
def test_long_vietnamese_lines_are_folded_right(subject: str, note: str) -> None:
    """No line is longer than 75 octets, none is cut inside a letter, and the text comes back whole."""
    raw = calendar("An", [entry(subject=f"x{subject}x", note=f"x{note}x")])
    assert raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b"")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    (event,) = Calendar.from_ical(raw).events
    assert event["SUMMARY"] == f"x{subject}x"
    assert event["DESCRIPTION"].endswith(f"x{note}x")
