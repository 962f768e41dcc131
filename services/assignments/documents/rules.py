"""Which files of documents are kept, by what they hold, and how their names are made clean. Pure."""

import hashlib
import re
import unicodedata
from typing import NamedTuple

import filetype

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
# What an office issues is a PDF, or a picture of the signed paper. Nothing that can hold a program is kept.
ENDINGS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}
LIMIT = 10 * 2**20  # bytes: some fifty scanned pages

NAME_LIMIT = 150
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ud800-\udfff]")
_UNSAFE = re.compile(r'[<>:"|?*]')
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")


class Refused(Exception):
    """The file is not kept; says why."""


class Examined(NamedTuple):
    """A file that may be kept."""

    name: str
    type: str
    sha256: str


def examine(data: bytes, name: str) -> Examined:
    """Look into a file; raises Refused."""
    if not data:
        raise Refused("The file is empty.")
    if len(data) > LIMIT:
        raise Refused(f"The file is larger than {LIMIT // 2**20} MiB.")
    kind = filetype.guess_mime(data)
    if kind not in ENDINGS or (kind == PDF and not data.startswith(b"%PDF-")):
        shown = ", ".join(ending.removeprefix(".") for ending in ENDINGS.values())
        raise Refused(f"Files of this kind are not kept; these are: {shown}.")
    return Examined(clean_name(name, kind), kind, hashlib.sha256(data).hexdigest())


def clean_name(name: str, kind: str) -> str:
    """A name that is safe to show and to save, with the ending of what the file is."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = _UNSAFE.sub("_", " ".join(_UNSEEN.sub("", text).split())).strip(". ")
    stem = _ENDING.sub("", text).strip(". ") or "van-ban"
    return stem[: NAME_LIMIT - len(ENDINGS[kind])].rstrip(". ") + ENDINGS[kind]
