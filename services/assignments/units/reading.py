"""Reading a file of units: CSV bytes to checked rows, every fault named by line and field."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from shared.text import nfc

REQUIRED = ("code", "name", "kind", "level", "parent_code", "latitude", "longitude")
OPTIONAL = ("valid_from", "valid_to")
NAME_MAX = 100

_BOM = b"\xef\xbb\xbf"
_DIGITS = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Called with the field and the reason in Vietnamese and in English.
Fault = Callable[[str, str, str], None]


class RowError(NamedTuple):
    """One fault: the line of the file (the header is line 1), the field ("" for a whole line), the reason twice."""

    line: int
    field: str
    reason_vi: str
    reason_en: str


@dataclass(slots=True)
class UnitRow:
    """One line. A field that could not be read is None (or "" for texts) and has its RowError."""

    line: int
    code: str
    name: str
    kind: str
    level: str
    parent_code: str
    latitude: float | None
    longitude: float | None
    valid_from: date | None
    valid_to: date | None


class Tiers(NamedTuple):
    """What levels and kinds there are: code length by level, level by kind."""

    code_length: Mapping[str, int]
    level_of_kind: Mapping[str, str]


class Sheet(NamedTuple):
    """A whole file: its rows, its faults, and which optional columns it has."""

    rows: list[UnitRow]
    errors: list[RowError]
    columns: tuple[str, ...]


def read(data: bytes, tiers: Tiers) -> Sheet:
    """Check a file line by line; what needs other lines or the database is the importer's."""
    errors: list[RowError] = []
    lines = _lines(data.removeprefix(_BOM), errors)
    first = next(lines, None)
    if first is None:
        error = RowError(1, "", "tệp không có dữ liệu", "the file is empty")
        return Sheet([], errors or [error], ())
    header = tuple(cell.strip() for cell in first[1])
    if faults := _header_faults(header):
        return Sheet([], faults, header)
    rows = []
    for line, cells in lines:
        if len(cells) != len(header):
            vi = f"dòng có {len(cells)} cột, cần {len(header)}"
            errors.append(RowError(line, "", vi, f"the line has {len(cells)} columns, expected {len(header)}"))
            continue
        rows.append(_row(line, dict(zip(header, cells, strict=True)), tiers, errors))
    if not rows and not errors:
        errors.append(RowError(1, "", "tệp chỉ có dòng tiêu đề", "the file has a header and nothing else"))
    return Sheet(rows, errors, header)


def _lines(data: bytes, errors: list[RowError]) -> Iterator[tuple[int, list[str]]]:
    """Each line is parsed by itself, so one stray quote does not swallow the lines after it."""
    for number, raw in enumerate(data.split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            if b"\0" in raw:
                errors.append(RowError(number, "", "có ký tự NUL", "there is a NUL character"))
                continue
            yield number, next(csv.reader([raw.decode("utf-8").rstrip("\r")], strict=True))
        except UnicodeDecodeError:
            errors.append(RowError(number, "", "không phải UTF-8 hợp lệ", "not valid UTF-8"))
        except csv.Error as error:
            errors.append(RowError(number, "", "dòng CSV sai cú pháp", f"malformed CSV: {error}"))


def _header_faults(header: tuple[str, ...]) -> list[RowError]:
    faults = []
    for name in REQUIRED:
        if name not in header:
            faults.append(RowError(1, name, "thiếu cột này ở dòng tiêu đề", "the header lacks this column"))
    for name in dict.fromkeys(header):
        if name not in REQUIRED + OPTIONAL:
            faults.append(RowError(1, name, "cột không được biết", "unknown column"))
        elif header.count(name) > 1:
            faults.append(RowError(1, name, "cột bị lặp", "the column appears twice"))
    return faults


def _row(line: int, cells: Mapping[str, str], tiers: Tiers, errors: list[RowError]) -> UnitRow:
    def fault(field: str, vi: str, en: str) -> None:
        errors.append(RowError(line, field, vi, en))

    cells = {name: cell.strip() for name, cell in cells.items()}
    level = cells["level"]
    if level not in tiers.code_length:
        fault("level", f"cấp không được biết: {level!r}", f"unknown level {level!r}")
    if tiers.level_of_kind.get(cells["kind"]) is None:
        fault("kind", f"loại không được biết: {cells['kind']!r}", f"unknown kind {cells['kind']!r}")
    elif level in tiers.code_length and tiers.level_of_kind[cells["kind"]] != level:
        fault(
            "kind", f"loại {cells['kind']} không thuộc cấp {level}", f"kind {cells['kind']} is not of level {level}"
        )
    _check_code(cells["code"], tiers.code_length.get(level), fault)
    name = _name(cells["name"], fault)
    latitude, longitude = _point(cells, fault)
    since, until = _period(cells, fault)
    return UnitRow(
        line, cells["code"], name, cells["kind"], level, cells["parent_code"], latitude, longitude, since, until
    )


def _check_code(code: str, length: int | None, fault: Fault) -> None:
    if not _DIGITS.fullmatch(code):
        fault("code", f"mã chỉ gồm chữ số: {code!r}", f"a code is digits only, not {code!r}")
    elif length and len(code) != length:
        fault(
            "code",
            f"mã cấp này có {length} chữ số, không phải {len(code)}",
            f"expected {length} digits, not {len(code)}",
        )


def _name(cell: str, fault: Fault) -> str:
    name = nfc(cell)
    if any(unicodedata.category(c).startswith("C") for c in name):
        fault("name", "tên có ký tự điều khiển", "the name has a control character")
    name = " ".join(name.split())
    if not name:
        fault("name", "tên để trống", "the name is empty")
    elif len(name) > NAME_MAX:
        fault("name", f"tên dài quá {NAME_MAX} ký tự", f"the name is longer than {NAME_MAX} characters")
    return name


def _point(cells: Mapping[str, str], fault: Fault) -> tuple[float | None, float | None]:
    numbers: list[float | None] = []
    for field, limit in (("latitude", 90), ("longitude", 180)):
        cell = cells[field]
        if cell and not _DECIMAL.fullmatch(cell):
            fault(field, f"không phải số: {cell!r}", f"not a decimal number: {cell!r}")
        elif cell and abs(float(cell)) > limit:
            fault(field, f"ngoài khoảng ±{limit}: {cell}", f"out of range ±{limit}: {cell}")
        elif not cell and cells["latitude"] + cells["longitude"]:
            fault(field, "thiếu một trong hai tọa độ", "one of the two coordinates is missing")
        else:
            numbers.append(float(cell) if cell else None)
            continue
        numbers.append(None)
    return numbers[0], numbers[1]


def _period(cells: Mapping[str, str], fault: Fault) -> tuple[date | None, date | None]:
    days: dict[str, date | None] = {}
    for field in OPTIONAL:
        cell, days[field] = cells.get(field, ""), None
        try:
            if cell:
                days[field] = date.fromisoformat(cell) if _DATE.fullmatch(cell) else date.fromisoformat("")
        except ValueError:
            fault(field, f"không phải ngày dạng YYYY-MM-DD: {cell!r}", f"not a date YYYY-MM-DD: {cell!r}")
    since, until = days["valid_from"], days["valid_to"]
    if since and until and until <= since:
        fault("valid_to", "phải sau valid_from", "must be after valid_from")
    return since, until
