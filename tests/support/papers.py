"""Pictures and documents to upload, good and bad."""

import io
import struct
import zipfile

from PIL import Image
from PIL.PngImagePlugin import PngInfo

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
_MAIN = {
    "word": ("word/document.xml", "wordprocessingml.document"),
    "xl": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "ppt": ("ppt/presentation.xml", "presentationml.presentation"),
}


def picture(kind: str, size: tuple[int, int] = (60, 40), located: bool = False) -> bytes:
    """A picture; `located`: on its side, with a position, a maker and a remark in it."""
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    if not located:
        image.save(out, kind)
        return out.getvalue()
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "TELEPHONE"
    exif.get_ifd(0x8825).update({1: "N", 2: (10.0, 14.0, 36.0), 3: "E", 4: (106.0, 22.0, 31.0)})
    more = {}
    if kind == "PNG":
        more["pnginfo"] = PngInfo()
        more["pnginfo"].add_text("Comment", "SECRET")
    if kind == "JPEG":
        more["comment"] = b"SECRET"
    image.save(out, kind, exif=exif, **more)
    return out.getvalue()


def archive(parts: dict[str, bytes], first: str | None = None) -> bytes:
    """A ZIP archive; `first` is stored as it is, before the others."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(
                zipfile.ZipInfo(name), data, zipfile.ZIP_STORED if name == first else zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def ooxml(kind: str, more: dict[str, bytes] | None = None, macro: bool = False) -> bytes:
    """A document as Microsoft Office writes it, as far as we look at it."""
    part, said = _MAIN[kind]
    name = f"application/vnd.ms-{kind}.document.macroEnabled.main+xml" if macro else f"{said}.main+xml"
    types = (
        f'<Types><Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{name}"/>'
    )
    return archive({"[Content_Types].xml": f"{types}</Types>".encode(), part: b"<a/>"} | (more or {}))


def odf(kind: str, more: dict[str, bytes] | None = None) -> bytes:
    """A document as LibreOffice writes it."""
    said = f"application/vnd.oasis.opendocument.{kind}".encode()
    return archive({"mimetype": said, "content.xml": b"<a/>"} | (more or {}), first="mimetype")


def overlapping(document: bytes) -> bytes:
    """The same document with its second part said to begin where the first does."""
    raw = bytearray(document)
    first = raw.find(b"PK\x01\x02")
    second = raw.find(b"PK\x01\x02", first + 4)
    raw[second + 42 : second + 46] = struct.pack("<I", 2)
    return bytes(raw)
