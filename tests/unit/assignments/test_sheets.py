"""Sheets: files of every sort read or refused with a clear word, and every table comes back as it was."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from services.assignments.bulk.catalogue import KINDS
from services.assignments.sheets import cells, reading
from services.assignments.sheets.cells import FORMULA, Wrong, guarded, unguarded
from services.assignments.sheets.reading import Unreadable, read_lines
from services.assignments.sheets.table import Column, Fault, letter, read_table
from services.assignments.sheets.writing import FORMATS, template, write
from tests.support import papers

COLUMNS = (
    Column("code", "Mã", cells.text(20), "", ""),
    Column("name", "Họ tên", cells.text(300, lines=True), "", ""),
    Column("since", "Từ ngày", cells.day, "", ""),
    Column("active", "Đang làm", cells.flag, "", ""),
)


def book(change: Callable[[Any], None]) -> bytes:
    """A workbook with headings, changed."""
    made = Workbook()
    made.active.append(["code", "name", "since", "active"])
    change(made.active)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(data: bytes) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The values of rows and the faults."""
    found = read_table(read_lines(data), COLUMNS)
    return [row.values for row in found.rows], found.faults


# Whatever the API lets stand in a text of several lines: no control characters, NFC, stripped.
TEXT = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], include_characters="\n\t"), max_size=40)
    | st.sampled_from(
        ["=1+1", "'=1", "''=1", "+84 9", "-", "- a", "@x", "'", "''", ";", ",", '"', "\u2028", "sep=;"]
    )
).map(lambda text: cells.text(300, lines=True)(text))


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True),
            st.one_of(st.none(), TEXT),
            st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2999, 12, 31))),
            st.one_of(st.none(), st.booleans()),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=60)
def test_every_table_comes_back_as_it_was(rows: list[tuple[Any, ...]]) -> None:
    """Written and read again, in both formats: the same values, formulas and all."""
    wanted = [dict(zip(("code", "name", "since", "active"), row, strict=True)) for row in rows]
    for each in wanted:
        each["name"] = each["name"] or None
    for format_ in FORMATS:
        found, faults = read(b"".join(write(format_, COLUMNS, rows)))
        assert faults == [] and found == wanted, format_


@given(st.text(max_size=30) | st.text(st.sampled_from("'=+-@\t\ra"), max_size=6))
@settings(max_examples=200)
def test_no_cell_runs_and_every_text_comes_back(text: str) -> None:
    """What is written never begins as a formula does, and reads as the text it was."""
    written = guarded(text)
    assert not written.startswith(tuple("=+-@\t\r"))
    assert unguarded(written) == unguarded(written, typed=False) == text


def test_a_formula_is_a_fault_of_its_cell() -> None:
    """In a CSV what would run, in a workbook what does; a phone number and a dash are text."""
    _, faults = read("code;name\nA;=1+1\nB;+84 912 345 678\nC;@SUM(A1)\nD;- một\nE;-\nF;-2+3".encode())
    assert [(fault.cell, fault.reason_en) for fault in faults] == [
        (cell, FORMULA.reason_en) for cell in ("B2", "B4", "B7")
    ]
    values, faults = read(book(lambda sheet: sheet.append(["A", "=1+1", None, "có"])))
    assert [fault.cell for fault in faults] == ["B2"] and values[0]["active"] is True


@pytest.mark.parametrize(
    "text",
    [
        "code,name\r\nA,Nguyễn\r\n",
        "code;name\nA;Nguyễn",
        "code\tname\nA\tNguyễn",
        "sep=;\r\ncode;name\r\nA;Nguyễn\r\n",
        "\ufeffMã;Họ tên\r\ncode;name\r\nA;Nguyễn\r\n",
        "mã;HO TEN\n# ví dụ;Lê\nA;Nguyễn\n",
        'code;name\n"A";"Nguyễn"\n\n\n',
        "code;name\nA;Nguyê\u0303n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_spreadsheets_save_is_read(text: str, encoding: str) -> None:
    """Separators, line ends, byte order marks, headings of either kind, letters composed or not."""
    values, faults = read(text.encode(encoding))
    assert faults == [] and values == [{"code": "A", "name": "Nguyễn"}]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1/3/2026", date(2026, 3, 1)),
        ("01-03-2026", date(2026, 3, 1)),
        ("2026-03-01", date(2026, 3, 1)),
        ("29/2/2024", date(2024, 2, 29)),
    ],
)
def test_days(cell: str, expected: date) -> None:
    """As people write them here, and ISO."""
    assert cells.day(cell) == expected


@pytest.mark.parametrize(
    "cell", ["29/2/2026", "3/13/2026", "2026", "01/03/26", "1899-12-31", "3000-01-01", "hôm nay"]
)
def test_what_is_no_day(cell: str) -> None:
    """It is refused in both languages."""
    with pytest.raises(Wrong) as refused:
        cells.day(cell)
    assert refused.value.reason_vi and refused.value.reason_en


def test_rows_are_counted_as_the_spreadsheet_counts_them() -> None:
    """Empty rows and cells of several lines do not shift the numbers."""
    _, faults = read('code;name;since\nA;"một\nhai";x\n\nB;;y'.encode())
    assert [fault.cell for fault in faults] == ["C2", "C4"]
    rows = book(lambda sheet: (sheet.cell(7, 3, "x"), sheet.cell(9, 30, "y")))
    assert [fault.cell for fault in read(rows)[1]] == ["C7", "AD9"]
    assert [letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("data", "cell", "said"),
    [
        (b"code;nothing\nA;b", "B1", "not known"),
        (b"code;code\nA;b", "B1", "twice"),
        (b"code;name", "1", "headings and nothing else"),
        (b"code;name\nA;b;c", "C2", "lies in no column"),
        (b"code;name\nA;b\x07", "B2", "control characters"),
        (b"code;name\nA;" + b"x" * 400, "B2", "longer than 300"),
    ],
)
def test_faults_of_the_whole(data: bytes, cell: str, said: str) -> None:
    """Each says where it is."""
    (fault,) = read(data)[1]
    assert fault.cell == cell and said in fault.reason_en and fault.reason_vi


def _workbook_with(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    good = io.BytesIO(book(lambda sheet: sheet.append(["A"])))
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "spaces": (b" \r\n ", "empty"),
    "too large": (b"a;" * (6 * 2**20), "larger than"),
    "a picture": (papers.picture("PNG"), "PNG"),
    "a PDF": (papers.PDF, "PDF"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel"),
    "another alphabet": ("mã;tên\n".encode() + b"\xff\xfe\xfa", "UTF-8"),
    "NUL": (b"code;name\nA\0;b", "NUL"),
    "a stray quote": (b'code;name\nA;"b\nC;d', "malformed CSV"),
    "a document": (papers.ooxml("word"), "no XLSX"),
    "an archive": (papers.archive({"a.txt": b"x"}), "no XLSX"),
    "macros": (_workbook_with({"xl/vbaProject.bin": b"x"}), "macros"),
    "cut off": (_workbook_with({})[:-100], "broken"),
    "two files in one": (_workbook_with({}) + b"MZ", "hides behind"),
    "unpacks to too much": (_workbook_with({"xl/media/a.bin": b"\0" * (70 * 2**20)}), "far more"),
    "entities": (_workbook_with({SHEET: BOMB}), "entities"),
    "entities, late": (_workbook_with({SHEET: b"<!--" + b"x" * 9000 + b"-->" + BOMB[21:]}), "entities"),
    "no XML": (_workbook_with({SHEET: b"\xff\xfe nothing"}), "broken"),
    "no sheet": (_workbook_with({"xl/workbook.xml": b"<workbook/>"}), "broken"),
    "too many rows": (b"code;name\n" + b"A;b\n" * 20_010, "more than 20000 rows"),
    "too many columns": (b"code;name\n" + b"A;" * 80 + b"b", "more than 60 columns"),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_bad_files_are_refused_with_a_clear_word(what: str) -> None:
    """In both languages; nothing else is ever raised."""
    data, said = BAD_FILES[what]
    with pytest.raises(Unreadable) as refused:
        read_lines(data)
    assert said in refused.value.reason_en and refused.value.reason_vi


@given(st.binary(max_size=300), st.integers(0, 4000), st.binary(max_size=4))
@settings(max_examples=80)
def test_no_bytes_raise_anything_else(noise: bytes, at: int, patch: bytes) -> None:
    """Noise, and workbooks with some bytes changed: rows or Unreadable."""
    good = _GOOD
    for data in (noise, b"code;name\n" + noise, good[:at] + patch + good[at + len(patch) :]):
        try:
            read_table(read_lines(data), COLUMNS)
        except Unreadable as refused:
            assert refused.reason_vi and refused.reason_en


_GOOD = _workbook_with({})


def test_nothing_far_away_is_lost() -> None:
    """A row far below is read, a cell far to the right refused, no row is beyond it."""
    sheet = zipfile.ZipFile(io.BytesIO(_GOOD)).read(SHEET)

    def with_cell(place: str, row: int) -> bytes:
        far = f'<row r="{row}"><c r="{place}{row}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
        return _workbook_with({SHEET: sheet.replace(b"</sheetData>", far.encode())})

    assert [values["code"] for values in read(with_cell("A", 2**16))[0]] == ["A", "x"]
    assert len(read(with_cell("A", 2**40))[0]) == 1
    with pytest.raises(Unreadable, match="Row 7 has more than 60 columns"):
        read(with_cell("XFD", 7))


@pytest.mark.parametrize("kind", KINDS)
def test_templates_explain_themselves(kind: str) -> None:
    """Vietnamese headings over stable names, a readable example, and in an XLSX a page of hints."""
    columns = KINDS[kind].columns
    opened = load_workbook(io.BytesIO(b"".join(template("xlsx", columns))))
    sheet, hints = opened.worksheets
    assert [cell.value for cell in sheet[1]] == [column.label for column in columns]
    assert [cell.value for cell in sheet[2]] == [column.name for column in columns]
    assert sheet["A3"].value.startswith("#")
    assert [row[1].value for row in hints.iter_rows(min_row=2, max_row=1 + len(columns))] == [
        column.name for column in columns
    ]
    for column in columns:
        if column.example:
            column.read(column.example)


def test_the_limit_of_a_file_is_said_in_the_form() -> None:
    """The gateway lets through what the service takes."""
    from caunoi.gateway import bodies

    assert bodies.MAX_SHEET == reading.MAX_FILE
