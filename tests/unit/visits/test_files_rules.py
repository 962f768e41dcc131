"""What is taken for a file, what is refused, what is left of a picture."""

import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from services.visits.files.examining import examine
from services.visits.files.pictures import PIXELS
from services.visits.files.rules import (
    DOCX,
    ENDINGS,
    JPEG,
    ODS,
    ODT,
    PDF,
    PNG,
    PPTX,
    WEBP,
    XLSX,
    Refused,
    clean_name,
)
from services.visits.files.store import files_url
from shared.errors import BadInput
from tests.support import papers

LIMIT = 20 * 2**20


def refused(raw: bytes, name: str = "x", limit: int = LIMIT) -> str:
    """Why a file is not kept."""
    with pytest.raises(BadInput) as caught:
        examine(raw, name, limit)
    assert caught.value.field == "file"
    return caught.value.message


@pytest.mark.parametrize(
    ("raw", "name", "type_"),
    [
        (papers.picture("JPEG"), "ảnh.jpg", JPEG),
        (papers.picture("JPEG"), "ảnh.JPEG", JPEG),
        (papers.picture("PNG"), "a.png", PNG),
        (papers.picture("WEBP"), "a.webp", WEBP),
        (papers.PDF, "công văn.pdf", PDF),
        (papers.ooxml("word"), "báo cáo.docx", DOCX),
        (papers.ooxml("xl"), "a.xlsx", XLSX),
        (papers.ooxml("ppt"), "a.pptx", PPTX),
        (papers.odf("text"), "a.odt", ODT),
        (papers.odf("spreadsheet"), "a.ods", ODS),
    ],
)
def test_the_type_is_what_the_content_says(raw: bytes, name: str, type_: str) -> None:
    """Each kind that is kept is known by its content, and keeps its name."""
    found = examine(raw, name, LIMIT)
    assert (found.type, found.name) == (type_, name)
    assert (found.thumbnail is not None) == type_.startswith("image/")


@pytest.mark.parametrize(
    "raw",
    [
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"MZ\x90\x00" + b"\x00" * 100,
        b"\x7fELF" + b"\x00" * 100,
        b"GIF89a" + b"\x00" * 100,
        b"plain text",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        b"GIF89a %PDF-1.7",
        papers.archive({"a.txt": b"x"}),
    ],
)
def test_other_kinds_are_refused(raw: bytes) -> None:
    """Pages, programs, old office files, plain archives: not kept, whatever they are called."""
    for name in ("x", "x.jpg", "x.pdf", "x.docx"):
        assert refused(raw, name)


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_photographs_of_telephones_are_refused_with_what_to_do(brand: bytes) -> None:
    """HEIC is not read here; the answer says how a telephone makes JPEG, in both languages."""
    raw = b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + b"\0" * 200
    said = refused(raw, "IMG_0001.HEIC")
    assert "Tương thích nhất" in said and "Most Compatible" in said


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.jpg.exe", "a.html", "a.svg", "ảnh\u202egpj.exe"])
def test_a_disguise_is_refused(name: str) -> None:
    """A name that says another kind than the content is refused, not mended."""
    assert "content is jpg" in refused(papers.picture("JPEG"), name)


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("", "tep.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\ảnh\\cống.jpg", "cống.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie_ x.jpg"),
        ("  .hidden.jpg", "hidden.jpg"),
        ("con.jpg", "_con.jpg"),
        ("a<b>|c?.jpg", "a_b__c_.jpg"),
        ("Cô\u0301ng.jpg", "Cống.jpg"),
        ("x" * 300 + ".jpg", "x" * 146 + ".jpg"),
    ],
)
def test_names_are_made_clean(given_name: str, clean: str) -> None:
    """No folder, no control character, no name that a system keeps for itself; Vietnamese stays."""
    assert clean_name(given_name, JPEG) == clean


@given(st.text(max_size=400), st.sampled_from(list(ENDINGS)))
def test_a_clean_name_stays_as_it_is(name: str, type_: str) -> None:
    """Whatever comes in: what comes out is short, has a fitting ending, and is clean already."""
    try:
        clean = clean_name(name, type_)
    except Refused:
        return
    assert clean_name(clean, type_) == clean and 0 < len(clean) <= 150 and clean.lower().endswith(ENDINGS[type_])
    assert not set(clean) & set('/\\<>:"|?*\r\n\x00') and not clean.startswith(".")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_place_is_removed_and_the_picture_upright(kind: str) -> None:
    """Position, maker and remarks are gone from the bytes; a picture on its side is turned."""
    raw = papers.picture(kind, size=(60, 40), located=True)
    assert b"TELEPHONE" in raw
    found = examine(raw, "x", LIMIT)
    assert b"TELEPHONE" not in found.data and b"SECRET" not in found.data
    with Image.open(io.BytesIO(found.data)) as picture:
        assert picture.size == (40, 60) and not picture.getexif()
        assert not {"exif", "xmp", "comment", "Comment"} & set(picture.info)


def test_what_hides_behind_a_picture_is_gone() -> None:
    """A picture that is also an archive comes out as a picture only."""
    found = examine(papers.picture("JPEG") + papers.archive({"evil.exe": b"MZ" * 50}), "x.jpg", LIMIT)
    assert b"PK\x03\x04" not in found.data and b"evil.exe" not in found.data


def test_the_same_picture_is_the_same_content() -> None:
    """Cleaning is repeatable, so that two uploads of one picture are kept once."""
    raw = papers.picture("JPEG", located=True)
    assert examine(raw, "a", LIMIT).sha256 == examine(raw, "b", LIMIT).sha256


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_small_picture_is_made(kind: str) -> None:
    """WebP, 320 pixels at the longer side."""
    found = examine(papers.picture(kind, size=(1200, 600)), "x", LIMIT)
    assert found.thumbnail is not None
    with Image.open(io.BytesIO(found.thumbnail)) as small:
        assert (small.format, small.size) == ("WEBP", (320, 160))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_way_of_colours_is_read(mode: str) -> None:
    """PNG comes in many; each is kept and shown small."""
    out = io.BytesIO()
    Image.new(mode, (20, 10)).save(out, "PNG")
    assert examine(out.getvalue(), "x.png", LIMIT).thumbnail


def test_a_print_shop_s_picture_is_read() -> None:
    """CMYK becomes RGB."""
    out = io.BytesIO()
    Image.new("CMYK", (20, 10)).save(out, "JPEG")
    with Image.open(io.BytesIO(examine(out.getvalue(), "x.jpg", LIMIT).data)) as picture:
        assert picture.mode == "RGB"


def test_a_picture_bomb_is_refused_unpacked() -> None:
    """A few bytes that claim to be a picture of 10 or 2,500 million pixels are refused by what they claim."""
    for side in (10_000, 50_000):
        head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
        chunk = b"IHDR" + head
        raw = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
        raw += struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
        assert "pixels" in (why := refused(raw, "x.png")) or "unpacks" in why
    assert PIXELS < 10_000**2


def test_broken_pictures_are_refused() -> None:
    """Cut off, or garbage behind a good beginning."""
    raw = papers.picture("PNG", size=(300, 300))
    assert refused(raw[: len(raw) // 2], "x.png") and refused(raw[:40] + b"\xff" * 60, "x.png")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"word/vbaProject.bin": b"x"}, "macros"),
        ({"word/activeX/activeX1.bin": b"x"}, "macros"),
        ({"../evil.txt": b"x"}, "leads out"),
        ({"/etc/passwd": b"x"}, "leads out"),
        ({"word/media/zeros": b"\x00" * (30 * 2**20)}, "unpacks"),
        ({f"word/{n}.xml": b"" for n in range(5_001)}, "parts"),
    ],
)
def test_dangerous_documents_are_refused(changes: dict[str, bytes], why: str) -> None:
    """Programs, ways out of the folder, bombs, endless lists of parts."""
    assert why in refused(papers.ooxml("word", changes), "a.docx")


def test_a_macro_document_in_another_coat_is_refused() -> None:
    """A .docm called .docx, and an OpenDocument with Basic in it."""
    assert "macros" in refused(papers.ooxml("word", macro=True), "a.docx")
    assert "macros" in refused(papers.odf("text", {"Basic/Standard/Module1.xml": b"x"}), "a.odt")


def test_hidden_parts_are_refused() -> None:
    """Something before or behind the archive, or parts that lie upon each other."""
    document = papers.ooxml("word")
    assert refused(b"MZ" + document) and refused(document + b"MZ" * 20)
    assert "overlap" in refused(papers.overlapping(document))


def test_a_locked_document_is_refused() -> None:
    """What cannot be looked into is not kept."""
    raw = bytearray(papers.ooxml("word"))
    with zipfile.ZipFile(io.BytesIO(bytes(raw))) as archive:
        assert archive.namelist()
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 8] |= 1
    assert refused(bytes(raw), "a.docx")


def test_empty_and_large_files_are_refused() -> None:
    """Nothing, and more than is allowed."""
    assert "empty" in refused(b"") and "larger" in refused(papers.PDF, limit=10)


@settings(max_examples=150)
@given(st.binary(max_size=300), st.sampled_from(["jpeg", "png", "webp", "pdf", "zip"]), st.data())
def test_nothing_crashes_the_examination(noise: bytes, start: str, data: Any) -> None:
    """Any bytes, also those that begin or are almost a good file, are kept or refused."""
    good = {
        "jpeg": papers.picture("JPEG"),
        "png": papers.picture("PNG"),
        "webp": papers.picture("WEBP"),
        "pdf": papers.PDF,
        "zip": papers.ooxml("word"),
    }[start]
    at = data.draw(st.integers(0, len(good)))
    for raw in (
        noise,
        good[:at] + noise,
        good[:at] + noise + good[at:],
        good[:at] + noise + good[at + len(noise) :],
    ):
        try:
            examine(raw, "x", LIMIT)
        except BadInput as error:
            assert error.field == "file"


@pytest.mark.parametrize(
    "url",
    ["", "/data", "file://host/x", "s3://b", "s3+https://host/b", "s3+https://k:s@host/", "s3+http://k:s@h/a/b"],
)
def test_wrong_stores_are_refused_at_the_start(url: str) -> None:
    """A store that cannot be meant stops the start."""
    with pytest.raises(ValueError, match="expected file"):
        files_url(url)
