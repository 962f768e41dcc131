"""Office documents are ZIP archives: what is in them is read from the directory, nothing is unpacked but two small
parts that say what they are."""

import io
import zipfile
import zlib

from services.visits.files.rules import DOCX, ODS, ODT, PPTX, XLSX, Refused
from shared.archives import Unsafe, check

_HEAD = b"PK\x03\x04"
_TYPES_LIMIT = 2**20
_OOXML = {  # the part that must be there, and what the list of types must call it
    DOCX: ("word/document.xml", b"wordprocessingml.document.main+xml"),
    XLSX: ("xl/workbook.xml", b"spreadsheetml.sheet.main+xml"),
    PPTX: ("ppt/presentation.xml", b"presentationml.presentation.main+xml"),
}
_PROGRAMS = ("vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin")
_PROGRAM_FOLDERS = ("basic/", "scripts/", "word/activex/", "xl/activex/", "ppt/activex/", "xl/macrosheets/")

_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError)


def kind_of(data: bytes) -> str | None:
    """The type of an office document; None for what is no archive or another one. Raises Refused for one that is
    broken, a bomb, locked, or holds a program."""
    if not data.startswith(_HEAD):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check(data, archive)
            kind = _kind(archive)
            if kind:
                _check_parts(archive.namelist())
            return kind
    except Unsafe as error:
        raise Refused(error.reason_en) from error
    except _BROKEN as error:
        raise Refused("The document is broken or locked.") from error


def _kind(archive: zipfile.ZipFile) -> str | None:
    names = set(archive.namelist())
    if "mimetype" in names:
        said = _head_of(archive, "mimetype", 100).decode("ascii", "replace").strip()
        return said if said in (ODT, ODS) and "content.xml" in names else None
    if "[Content_Types].xml" not in names:
        return None
    types = _head_of(archive, "[Content_Types].xml", _TYPES_LIMIT)
    if b"macroEnabled" in types:
        raise Refused("Documents with macros are not kept.")
    return next((kind for kind, (part, said) in _OOXML.items() if part in names and said in types), None)


def _check_parts(names: list[str]) -> None:
    for name in names:
        low = name.lower().replace("\\", "/")
        if low.rpartition("/")[2] in _PROGRAMS or low.startswith(_PROGRAM_FOLDERS):
            raise Refused("Documents with macros are not kept.")


def _head_of(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """The beginning of a part: never more than `limit` bytes are unpacked, whatever the directory says."""
    with archive.open(name) as part:
        return part.read(limit)
