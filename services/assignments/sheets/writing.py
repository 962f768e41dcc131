"""Writing rows as CSV or XLSX: with headings in Vietnamese and stable names, no cell that runs as a formula."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

from services.assignments.sheets.cells import guarded
from services.assignments.sheets.table import COMMENT, Column, letter

CSV, XLSX = "csv", "xlsx"
FORMATS = (CSV, XLSX)
TYPES = {CSV: "text/csv", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
SEPARATOR = ";"  # what Excel reads and writes where numbers have a decimal comma, as in Việt Nam

_CHUNK = 64 * 1024
_ROWS_A_CHUNK = 500
_EARLIEST = 1910  # before that, spreadsheets and calendars do not agree
_DAY = "dd/mm/yyyy"
_BOLD, _SMALL = Font(bold=True), Font(italic=True, color="808080")
_NEEDED = PatternFill("solid", fgColor="FFF2CC")

Values = Sequence[Any]


def write(format_: str, columns: Sequence[Column], rows: Iterable[Values], hints: bool = False) -> Iterator[bytes]:
    """The file, piece by piece. Values are None, texts, days, yes or no, numbers. `hints`: a second sheet of an
    XLSX explains the columns."""
    return _csv(columns, rows) if format_ == CSV else _xlsx(columns, rows, hints)


def template(format_: str, columns: Sequence[Column]) -> Iterator[bytes]:
    """A sheet to fill in: headings and an example that an import passes over."""
    example = [f"{COMMENT} ví dụ", *(column.example for column in columns[1:])]
    return write(format_, columns, [example], hints=True)


def cell_text(value: Any) -> str:
    """A value as text in a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, date):
        return f"{value:%d/%m/}{value.year:04}"
    return guarded(str(value))


def _csv(columns: Sequence[Column], rows: Iterable[Values]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=SEPARATOR)
    buffer.write("\ufeff")  # without it Excel takes the text for another alphabet
    writer.writerow([column.label for column in columns])
    writer.writerow([column.name for column in columns])
    for number, values in enumerate(rows, start=1):
        writer.writerow([cell_text(value) for value in values])
        if number % _ROWS_A_CHUNK == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _xlsx(columns: Sequence[Column], rows: Iterable[Values], hints: bool) -> Iterator[bytes]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Dữ liệu")
    sheet.freeze_panes = "A3"
    for place, column in enumerate(columns):
        dimension = sheet.column_dimensions[letter(place)]
        dimension.width = max(14, len(column.label) + 4)
        dimension.number_format = "@"  # text: a code typed here keeps its leading zero
    sheet.append([_styled(sheet, column.label, _BOLD, column.needed) for column in columns])
    sheet.append([_styled(sheet, column.name, _SMALL) for column in columns])
    for values in rows:
        sheet.append([_cell(sheet, value) for value in values])
    if hints:
        _explain(book.create_sheet("Hướng dẫn"), columns)
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        yield from _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_CHUNK):
        yield piece


def _styled(sheet: Any, text: str, font: Font, marked: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = font
    if marked:
        cell.fill = _NEEDED
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, date) and value.year >= _EARLIEST:
        return value
    return cell_text(value)


def _explain(sheet: Any, columns: Sequence[Column]) -> None:
    sheet.column_dimensions["A"].width = sheet.column_dimensions["B"].width = 24
    sheet.column_dimensions["E"].width = sheet.column_dimensions["F"].width = 70
    head = ("Cột", "Tên cố định", "Bắt buộc khi thêm mới", "Ví dụ", "Giải thích", "In English")
    sheet.append([_styled(sheet, text, _BOLD) for text in head])
    for column in columns:
        needed = "có" if column.needed else ""
        values = (column.label, column.name, needed, column.example, column.about_vi, column.about_en)
        sheet.append([_cell(sheet, value) for value in values])
    for remark in (
        "Dòng có ô đầu tiên bắt đầu bằng # được bỏ qua. / A row whose first cell begins with # is passed over.",
        "Cột bỏ hẳn khỏi bảng thì giữ nguyên dữ liệu; ô để trống thì xóa dữ liệu. / "
        "A column left out leaves what is recorded; an empty cell clears it.",
        "Ngày: dd/MM/yyyy. / Days: dd/MM/yyyy or ISO 8601.",
    ):
        sheet.append([None, None, None, None, remark])
