"""Which files are kept, by what they hold, and how their names are made clean. Pure."""

import re
import unicodedata

import filetype

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
_OOXML, _ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
DOCX, XLSX, PPTX = (
    f"{_OOXML}wordprocessingml.document",
    f"{_OOXML}spreadsheetml.sheet",
    f"{_OOXML}presentationml.presentation",
)
ODT, ODS = f"{_ODF}text", f"{_ODF}spreadsheet"

PICTURES = (JPEG, PNG, WEBP)
ENDINGS: dict[str, tuple[str, ...]] = {  # the first is given to a name that has none
    JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
    PNG: (".png",),
    WEBP: (".webp",),
    PDF: (".pdf",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    PPTX: (".pptx",),
    ODT: (".odt",),
    ODS: (".ods",),
}
SHOWN = tuple(endings[0].removeprefix(".") for endings in ENDINGS.values())

NAME_LIMIT = 150

# Control characters, and those that turn the direction of writing: "ảnh\u202egpj.exe" reads as "ảnhexe.jpg".
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ud800-\udfff]")
_UNSAFE = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")


# What telephones make unless told otherwise (ISO 23008-12, AVIF). What reads them is under the LGPL, and the
# packages bundle x265, which is under the GPL: not for this project, see docs/operations.md.
_TELEPHONE = re.compile(rb"....ftyp(heic|heix|hevc|hevx|heim|heis|hevm|hevs|mif1|msf1|avif|avis)", re.DOTALL)
TELEPHONE_HINT = (
    "Ảnh HEIC/HEIF của điện thoại không được nhận. iPhone: Cài đặt, Camera, Định dạng, chọn “Tương thích nhất”; "
    "Samsung: tắt “Ảnh hiệu suất cao”; hoặc chia sẻ ảnh dưới dạng JPEG. / HEIC photographs are not kept. iPhone: "
    "Settings, Camera, Formats, “Most Compatible”; Samsung: turn “High efficiency pictures” off; or share as JPEG."
)


class Refused(Exception):
    """The file is not kept; says why."""


def sniffed(data: bytes) -> str | None:
    """The type of a picture or PDF by its content; None for everything else."""
    found = filetype.guess_mime(data)
    if found == PDF and not data.startswith(b"%PDF-"):
        return None
    return found if found in (*PICTURES, PDF) else None


def from_telephone(data: bytes) -> bool:
    """Whether it is a photograph as telephones make them, which is not kept."""
    return _TELEPHONE.match(data) is not None


def clean_name(name: str, type_: str) -> str:
    """A name that is safe to show and to save, with an ending that fits. Raises Refused for an ending of another
    type: the file would pretend to be what it is not."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = _UNSAFE.sub("_", " ".join(_UNSEEN.sub("", text).split())).strip(". ")
    endings = ENDINGS[type_]
    found = _ENDING.search(text)
    if found and found[0].lower() not in endings:
        raise Refused(f"The name ends in {found[0]}, but the content is {endings[0].removeprefix('.')}.")
    stem, ending = (text[: found.start()], found[0]) if found else (text, endings[0])
    stem = stem.strip(". ") or "tep"
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return stem[: NAME_LIMIT - len(ending)].rstrip(". ") + ending
