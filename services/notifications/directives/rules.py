"""What a directive is, whom it is for, and what its recipients have done. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from shared import clock
from shared.errors import BadInput

TITLE_LONGEST, BODY_LONGEST = 300, 10_000
FILES_AT_MOST, FILE_LARGEST = 5, 512 * 1024  # bytes; together they also fit into one request
REMIND_AT = time(8)  # local

# What a post may be attached to, as the assignments service has it; the levels of units are data there.
LEVELS = ("province", "district", "commune", "cluster", "hamlet")


class Purpose(StrEnum):
    """Why everybody is told."""

    ISSUED = "issued"
    CORRECTED = "corrected"
    RECALLED = "recalled"
    REMINDER = "reminder"  # only those who have not done what they were asked


class Missing(StrEnum):
    """What a recipient has not done yet."""

    OPENED = "opened"
    READ = "read"
    PASSED_ON = "passed_on"


# The first bytes of the kinds of file that are taken. Office documents are ZIP archives with a part of this name.
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def media_type(content: bytes) -> str:
    """What a file is by its content: PDF, PNG, JPEG, DOCX, XLSX or text in UTF-8. Raises BadInput."""
    for signature, found in _SIGNATURES:
        if content.startswith(signature):
            return found
    if content.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in content:
        for part, found in _OFFICE.items():
            if part in content:
                return found
    try:
        if content and "\x00" not in content.decode("utf-8"):
            return "text/plain; charset=utf-8"
    except UnicodeDecodeError:
        pass
    raise BadInput("Send PDF, PNG, JPEG, DOCX, XLSX or plain text in UTF-8.", field="files")


def check_file(place: int, content: bytes) -> str:
    """The media type of a file. Raises BadInput naming `files.N`."""
    field = f"files.{place}.content"
    if not 0 < len(content) <= FILE_LARGEST:
        raise BadInput(f"A file has 1 to {FILE_LARGEST} bytes.", field=field)
    try:
        return media_type(content)
    except BadInput as error:
        raise BadInput(error.message, field=field) from None


def remind_at(pass_on_by: date | None, days_before: int | None) -> datetime | None:
    """When those who are not done are reminded; None: never."""
    if pass_on_by is None or days_before is None:
        return None
    day = pass_on_by - timedelta(days=days_before)
    return datetime.combine(day, REMIND_AT, clock.LOCAL)


def facts_of(directive: Any, broadcast: Any, files: Sequence[Any]) -> dict[str, Any]:
    """What the notice of a broadcast says, frozen: the directive as it is in this edition."""
    names = (
        "number", "issuer", "title", "body", "must_read", "pass_on_by", "unit_path", "unit_name", "edition",
    )  # fmt: skip
    return {
        "broadcast_id": broadcast.id,
        "directive_id": directive.id,
        "purpose": broadcast.purpose,
        "reason": broadcast.reason,
        **{name: getattr(directive, name) for name in names},
        "files": [{name: getattr(each, name) for name in ("id", "name", "url", "size")} for each in files],
        "issue_id": None,
        "recipients": [],
    }


def reminder_of(directive: Any, broadcast: Any) -> dict[str, Any]:
    """What the reminder says: the same data as those that visits sends."""
    by = directive.pass_on_by
    called = f"{directive.number} – {directive.title}" if directive.number else directive.title
    return {
        "reminder_id": broadcast.id,
        "kind": "directive_due",
        "subject_id": directive.id,
        "day": clock.today(),
        "recipients": [],
        "unit_path": directive.unit_path,
        "title_vi": f"Sắp đến hạn truyền đạt: {called}"[:300],
        "title_en": f"To be passed on soon: {called}"[:300],
        "body_vi": f"{directive.issuer} đề nghị truyền đạt trước hết ngày {by:%d/%m/%Y}. "
        "Đồng chí chưa báo đã đọc hoặc đã truyền đạt.",
        "body_en": f"{directive.issuer} asks that it be passed on by the end of {by:%d/%m/%Y}. "
        "You have not yet said that you have read it or passed it on.",
        "issue_id": None,
        "issue_code": None,
    }
