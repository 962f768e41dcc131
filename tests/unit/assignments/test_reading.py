"""The checks of one line of a file of units."""

import pytest

from services.assignments.units.reading import RowError, Sheet, Tiers, read

TIERS = Tiers(
    {"province": 2, "district": 3, "commune": 5},
    {"tinh": "province", "huyen": "district", "xa": "commune", "phuong": "commune"},
)
HEADER = "code,name,kind,level,parent_code,latitude,longitude"
GOOD = "28993,Xã Mỹ Thạnh,xa,commune,834,10.2,106.4"


def sheet(*lines: str, header: str = HEADER) -> Sheet:
    """What is read of a file of these lines."""
    return read("\n".join([header, *lines]).encode(), TIERS)


def faults(*lines: str, header: str = HEADER) -> list[tuple[int, str]]:
    """Line and field of each fault."""
    return [(error.line, error.field) for error in sheet(*lines, header=header).errors]


def test_a_good_line_becomes_a_row() -> None:
    """Texts, coordinates and the line number are there; dates are not."""
    [row] = sheet(GOOD).rows
    assert (row.line, row.code, row.name, row.kind, row.level) == (2, "28993", "Xã Mỹ Thạnh", "xa", "commune")
    assert (row.parent_code, row.latitude, row.longitude, row.valid_from) == ("834", 10.2, 106.4, None)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("28993,Xã Mỹ Thạnh,xa,commune,834,10.2", ""),
        (GOOD + ",more", ""),
        ('28993,"Xã Mỹ" Thạnh,xa,commune,834,10.2,106.4', ""),
        ("28993,Xã\x00,xa,commune,834,10.2,106.4", ""),
        ("2899,Xã Mỹ Thạnh,xa,commune,834,10.2,106.4", "code"),
        ("2899x,Xã Mỹ Thạnh,xa,commune,834,10.2,106.4", "code"),
        ("٢٨٩٩٣,Xã Mỹ Thạnh,xa,commune,834,10.2,106.4", "code"),
        (",Xã Mỹ Thạnh,xa,commune,834,10.2,106.4", "code"),
        ("28993,,xa,commune,834,10.2,106.4", "name"),
        ("28993," + "x" * 101 + ",xa,commune,834,10.2,106.4", "name"),
        ("28993,Xã\x07 Mỹ,xa,commune,834,10.2,106.4", "name"),
        ("28993,Xã Mỹ Thạnh,lang,commune,834,10.2,106.4", "kind"),
        ("28993,Xã Mỹ Thạnh,huyen,commune,834,10.2,106.4", "kind"),
        ("28993,Xã Mỹ Thạnh,xa,region,834,10.2,106.4", "level"),
        ("28993,Xã Mỹ Thạnh,xa,commune,834,north,106.4", "latitude"),
        ("28993,Xã Mỹ Thạnh,xa,commune,834,nan,106.4", "latitude"),
        ("28993,Xã Mỹ Thạnh,xa,commune,834,90.1,106.4", "latitude"),
        ("28993,Xã Mỹ Thạnh,xa,commune,834,10.2,-180.5", "longitude"),
        ("28993,Xã Mỹ Thạnh,xa,commune,834,10.2,", "longitude"),
        ("28993,Xã Mỹ Thạnh,xa,commune,834,,106.4", "latitude"),
    ],
)
def test_a_bad_line_is_named_with_its_field(line: str, field: str) -> None:
    """Each kind of fault gives one error, with its line and the reason in both languages."""
    errors = sheet(GOOD, line).errors
    assert [(error.line, error.field) for error in errors] == [(3, field)]
    assert errors[0].reason_vi and errors[0].reason_en


def test_every_fault_of_a_line_is_listed() -> None:
    """A line with three faults has three errors."""
    assert faults("2899,,xa,commune,834,x,106.4") == [(2, "code"), (2, "name"), (2, "latitude")]


def test_invalid_utf8_is_a_fault_of_its_line_only() -> None:
    """The lines around it are still read."""
    data = f"{HEADER}\n{GOOD}\n".encode() + b"28996,X\xe3,xa,commune,834,,\n" + GOOD.replace("993", "999").encode()
    found = read(data, TIERS)
    assert [error.line for error in found.errors] == [3] and len(found.rows) == 2


def test_a_stray_quote_does_not_swallow_the_lines_after_it() -> None:
    """An open quote is the fault of its line."""
    found = sheet('28993,"Xã Mỹ Thạnh,xa,commune,834,10.2,106.4', GOOD.replace("993", "996"))
    assert [error.line for error in found.errors] == [2] and [row.code for row in found.rows] == ["28996"]


def test_names_are_normalised() -> None:
    """Decomposed letters are composed, spaces collapsed, a byte order mark and CR LF tolerated."""
    decomposed = "28993,  Xa\u0303   My\u0303 Tha\u0323nh ,xa,commune,834,,"
    found = read(b"\xef\xbb\xbf" + f"{HEADER}\r\n{decomposed}\r\n\r\n".encode(), TIERS)
    assert found.errors == [] and found.rows[0].name == "Xã Mỹ Thạnh"
    assert found.rows[0].latitude is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (HEADER.replace("parent_code", "parent"), [(1, "parent_code"), (1, "parent")]),
        (HEADER + ",code", [(1, "code")]),
        ("x", [(1, name) for name in (*HEADER.split(","), "x")]),
    ],
)
def test_a_wrong_header_is_refused(header: str, expected: list[tuple[int, str]]) -> None:
    """Missing, unknown and repeated columns are named; no line is read then."""
    found = sheet(GOOD, header=header)
    assert [(error.line, error.field) for error in found.errors] == expected and found.rows == []


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", f"{HEADER}\n".encode()])
def test_an_empty_file_is_refused(data: bytes) -> None:
    """No line, or a header only, is an error."""
    assert [error.line for error in read(data, TIERS).errors] == [1]


def test_dates_are_read_strictly() -> None:
    """ISO dates in valid_from and valid_to, the end after the beginning."""
    header = f"{HEADER},valid_from,valid_to"
    assert faults(f"{GOOD},2004-07-08,2025-07-01", f"{GOOD},,", header=header) == []
    assert faults(f"{GOOD},08/07/2004,", f"{GOOD},20040708,", f"{GOOD},2004-02-30,", header=header) == [
        (2, "valid_from"),
        (3, "valid_from"),
        (4, "valid_from"),
    ]
    assert faults(f"{GOOD},2004-07-08,2004-07-08", header=header) == [(2, "valid_to")]


def test_an_error_reads_as_a_tuple() -> None:
    """Errors sort by line, so a report is in the order of the file."""
    assert sorted([RowError(3, "a", "", ""), RowError(2, "b", "", "")])[0].line == 2
