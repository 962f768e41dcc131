"""Reading a file of rows, whatever a spreadsheet saved it as: bytes to lines of cells."""

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import InvalidFileException

from services.assignments.sheets.cells import FORMULA, Odd, Raw, unguarded
from services.assignments.sheets.table import MAX_COLUMNS, MAX_ROWS
from shared import archives

MAX_FILE = 10 * 2**20  # bytes; 10,000 officials are less than two million
MAX_UNPACKED = 64 * 2**20  # bytes
_LAST_ROW = 2**20  # of a spreadsheet; formatting often reaches far below what is written
_NOTHING = {id(EMPTY_CELL)}  # of a row that is not in the file: openpyxl fills in up to a million
_CELL_MAX = 32_767  # letters, as in Excel
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OTHER = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x7fELF": "ELF",
    b"MZ": "EXE",
}
# What a file that is no whole workbook makes zipfile, expat and openpyxl raise.
_BROKEN: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, KeyError, ValueError, TypeError),
    *(expat.ExpatError, AttributeError, IndexError, OSError, EOFError, NotImplementedError, RuntimeError),
)

Line = tuple[int, list[Raw]]
Tick = Callable[[int], None]


class Unreadable(Exception):
    """The file cannot be read as a whole; says why in Vietnamese and in English."""

    def __init__(self, reason_vi: str, reason_en: str, row: int = 1) -> None:
        self.reason_vi, self.reason_en, self.row = reason_vi, reason_en, row
        super().__init__(reason_en)


def check_file(data: bytes) -> str:
    """What a file is by its content: csv or xlsx. Cheap: nothing is unpacked. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("Tệp rỗng.", "The file is empty.")
    if len(data) > MAX_FILE:
        limit = MAX_FILE // 2**20
        raise Unreadable(f"Tệp lớn hơn {limit} MiB.", f"The file is larger than {limit} MiB.")
    if data.startswith(_ZIP):
        _check_workbook(data)
        return "xlsx"
    if data.startswith(_OLE):
        raise Unreadable(
            "Tệp Excel đời cũ (.xls) hoặc có mật khẩu; hãy lưu thành .xlsx không mật khẩu, hoặc CSV UTF-8.",
            "An old Excel file (.xls) or one with a password; save it as .xlsx without one, or as CSV UTF-8.",
        )
    for head, name in _OTHER.items():
        if data.startswith(head):
            raise Unreadable(
                f"Đây là tệp {name}, không phải bảng tính; cần CSV hoặc XLSX.",
                f"This is {name}, not a sheet; CSV or XLSX is needed.",
            )
    _decoded(data)
    return "csv"


def read_lines(data: bytes, tick: Tick = lambda row: None) -> list[Line]:
    """The rows that are not empty, numbered as the spreadsheet numbers them. `tick(row)` is called now and then.
    Raises Unreadable."""
    kind = check_file(data)
    lines: list[Line] = []
    for number, cells in _of_workbook(data) if kind == "xlsx" else _of_text(_decoded(data)):
        if number % 1000 == 0:
            tick(number)
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise _too_wide(number)
        if len(lines) > MAX_ROWS + 2:  # headings
            raise Unreadable(
                f"Tệp có hơn {MAX_ROWS} dòng; hãy chia nhỏ.", f"The file has more than {MAX_ROWS} rows; divide it."
            )
        lines.append((number, cells))
    return lines


def _decoded(data: bytes) -> str:
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        found = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(
            "Tệp không phải văn bản UTF-8; trong Excel hãy lưu dạng “CSV UTF-8”.",
            "The file is not text in UTF-8; in Excel save it as “CSV UTF-8”.",
        ) from None
    if "\x00" in found:
        raise Unreadable("Tệp có ký tự NUL: đây không phải tệp CSV.", "There is a NUL character: this is no CSV.")
    return found


def _of_text(text: str) -> Iterator[Line]:
    first = text.split("\n", 1)[0].strip("\r")
    skipped = 0
    if first.lower().startswith("sep=") and len(first) == 5:  # Excel's own remark
        delimiter, skipped = first[4], 1
        text = text.split("\n", 1)[1] if "\n" in text else ""
    else:
        delimiter = max(";,\t", key=first.count) if any(mark in first for mark in ";,\t") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = skipped
    try:
        for number, cells in enumerate(reader, start=1 + skipped):
            yield number, [_plain(cell, typed=False) for cell in cells]
    except csv.Error as error:
        raise Unreadable(
            f"Dòng {number + 1}: sai cú pháp CSV (dấu ngoặc kép không khớp?).",
            f"Row {number + 1}: malformed CSV ({error}).",
        ) from None


def _plain(cell: str, typed: bool) -> Raw:
    if len(cell) > _CELL_MAX:
        return Odd(f"ô dài quá {_CELL_MAX} ký tự", f"the cell is longer than {_CELL_MAX} characters")
    return unguarded(cell, typed=typed)


def _check_workbook(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archives.check(data, archive, MAX_UNPACKED)
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                raise Unreadable("Tệp nén này không phải bảng tính XLSX.", "This archive is no XLSX sheet.")
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Unreadable("Bảng tính có macro không được nhận.", "Sheets with macros are not taken.")
    except archives.Unsafe as unsafe:
        raise Unreadable(unsafe.reason_vi, unsafe.reason_en) from unsafe
    except _BROKEN as error:
        raise _broken() from error


def _broken() -> Unreadable:
    return Unreadable("Tệp XLSX bị hỏng hoặc bị khóa.", "The XLSX file is broken or locked.")


def _of_workbook(data: bytes) -> Iterator[Line]:
    _check_entities(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its size may be wrong
            _watch_columns(sheet)
            rows = sheet.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS)
            for number, cells in enumerate(rows, start=1):
                yield number, [] if set(map(id, cells)) == _NOTHING else [_value(cell) for cell in cells]
        finally:
            book.close()
    except _BROKEN as error:
        raise _broken() from error


def _watch_columns(sheet: Any) -> None:
    """openpyxl drops what lies to the right of the columns asked for; it must not be lost without a word."""
    get = sheet._get_row

    def watched(row: Any, *args: Any, **kwargs: Any) -> Any:
        for cell in reversed(row):
            if cell["column"] <= MAX_COLUMNS:
                break
            if cell["value"] is not None:
                raise _too_wide(cell["row"])
        return get(row, *args, **kwargs)

    sheet._get_row = watched


def _too_wide(row: int) -> Unreadable:
    return Unreadable(
        f"Dòng {row} có hơn {MAX_COLUMNS} cột.", f"Row {row} has more than {MAX_COLUMNS} columns.", row
    )


class _Declared(Exception):
    pass


class _Begun(Exception):
    pass


def _check_entities(data: bytes) -> None:
    """No part may have a document type: entities declared there make a small text grow large while it is read."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.infolist():
            if part.filename.lower().endswith((".xml", ".rels")):
                _check_prolog(archive, part)


def _check_prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _raising(_Declared)
    parser.StartElementHandler = _raising(_Begun)
    try:
        with archive.open(part) as opened:
            while piece := opened.read(4096):
                parser.Parse(piece)
    except _Begun:
        return
    except _Declared:
        raise Unreadable("Tệp XLSX khai báo thực thể XML.", "The XLSX file declares XML entities.") from None
    except _BROKEN as error:
        raise _broken() from error


def _raising(kind: type[Exception]) -> Callable[..., None]:
    def stop(*_: object) -> None:
        raise kind

    return stop


def _value(cell: Any) -> Raw:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return FORMULA
    if cell.data_type == "e":
        return Odd(f"ô báo lỗi {value}", f"the cell says {value}")
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return (
            value.date()
            if midnight
            else Odd("ô có cả giờ; chỉ cần ngày", "the cell has a time; only a day is needed")
        )
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return _plain(value, typed=True)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return Odd("ô có kiểu giá trị không nhận được", "the cell holds a value of another kind")
