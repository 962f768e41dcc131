"""What a sheet may change in a recorded assignment: its end, and, with a reason, what was wrong all along."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.assignments.assignments.model import Assignment, Place
from services.assignments.assignments.rules import Change
from services.assignments.bulk.kind import Settled
from services.assignments.sheets.table import Report, Row
from services.assignments.validity import overlap


class Recorded:
    """Rows of known assignments. `of_official`: all assignments by official; `sole`: gets those that last longer by
    it, of posts that only one may hold."""

    def __init__(
        self,
        by: str,
        report: Report,
        settled: Settled,
        of_official: Mapping[UUID, list[Assignment]],
        sole: list[tuple[Row, Assignment]],
    ) -> None:
        self._by, self._report, self._settled = by, report, settled
        self._of_official, self._sole = of_official, sole

    def change(self, row: Row, assignment: Assignment) -> None:
        """Let it end, or, with a reason, correct it: what it said before is kept as its history."""
        until = row["valid_to"] if row.has("valid_to") else assignment.valid_to
        ends = until is not None and (assignment.valid_to is None or until < assignment.valid_to)
        wrong = {
            name: row[name] or None
            for name in ("legal_basis", "scope_note")
            if row.has(name) and (row[name] or None) != _one_line_end(getattr(assignment, name))
        }
        if until != assignment.valid_to and not ends:
            wrong["valid_to"] = until
        if until is not None and until < assignment.valid_from:
            vi, en = "phân công không kết thúc trước ngày bắt đầu", "an assignment does not end before it began"
            self._report(row, "valid_to", vi, en)
        elif wrong:
            self._check_correction(row, assignment, wrong, until)
        if row.unread:
            return
        for name, value in wrong.items():
            setattr(assignment, name, value)
        if wrong:
            assignment.valid_to = until
            assignment.note(Change.CORRECTED, self._by, row["reason"])
        elif until is not None and ends:
            assignment.end(until, self._by, reason=row["reason"])
        else:
            self._settled.unchanged += 1
            return
        self._settled.change(assignment, row)

    def _check_correction(
        self, row: Row, assignment: Assignment, wrong: dict[str, Any], until: date | None
    ) -> None:
        for name in wrong:
            if not row["reason"]:
                vi = "đính chính cần có lý do; nếu phân công thay đổi thì hãy kết thúc rồi phân công mới"
                self._report(row, name, vi, "correcting needs a reason; else end it and record a new one")
        if "legal_basis" in wrong and wrong["legal_basis"] is None:
            self._report(row, "legal_basis", "phân công phải có căn cứ", "an assignment rests on a decision")
        if "valid_to" not in wrong:
            return
        self._check_free(row, "valid_to", assignment, until)
        if not assignment.post.several:
            self._sole.append((row, assignment))

    def _check_free(self, row: Row, name: str, held: Assignment, until: date | None) -> None:
        """Not twice at a time by one official."""
        for other in self._of_official[held.official_id]:
            there = other is not held and other.post_code == held.post_code and place_of(other) is place_of(held)
            if there and overlap(held.valid_from, until, other.valid_from, other.valid_to):
                vi = "người này đã giữ chức danh đó ở đó trong thời gian này"
                self._report(row, name, vi, "this official holds this post there in that time already")
                return

    def check_same(self, row: Row, assignment: Assignment) -> None:
        """What an assignment is does not change."""
        held = assignment.cluster or assignment.hamlet
        own = {
            "official": {str(assignment.official_id), (assignment.official.staff_code or "").lower()},
            "post": {assignment.post_code},
            "unit": {assignment.territory.code},
            "place": {str(held.id), (held.code or "").lower()} if held else {""},
        }
        for name, same in own.items():
            if row.has(name) and (row[name] or "").lower() not in same:
                vi = "phân công đã có không đổi được; hãy kết thúc rồi phân công mới"
                self._report(row, name, vi, "a recorded assignment stays as it is; end it and record a new one")
        if row["valid_from"] not in (None, assignment.valid_from):
            self._report(row, "valid_from", "ngày bắt đầu không đổi được", "the first day stays as it is")


def place_of(assignment: Assignment) -> Place:
    """The unit, cluster or hamlet it is held for."""
    place = assignment.unit or assignment.cluster or assignment.hamlet
    assert place is not None
    return place


def _one_line_end(text: str | None) -> str | None:
    return text and text.replace("\r\n", "\n").replace("\r", "\n")
