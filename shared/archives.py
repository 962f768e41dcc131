"""ZIP archives from strangers: what is in them is checked in their directory before anything is unpacked."""

import zipfile

UNPACKED = 200 * 2**20  # bytes all parts together may unpack to
RATIO = 100  # how many times larger than packed; text packs 10 to 20 times
SMALL = 2**20  # below this the ratio does not matter
PARTS = 5_000


class Unsafe(Exception):
    """The archive is not opened; says why in Vietnamese and in English."""

    def __init__(self, reason_vi: str, reason_en: str) -> None:
        self.reason_vi, self.reason_en = reason_vi, reason_en
        super().__init__(reason_en)


def check(data: bytes, archive: zipfile.ZipFile, unpacked: int = UNPACKED) -> None:
    """Raises Unsafe for an archive with something around its parts, parts over one another, names that lead out of
    it or come twice, a password, or that unpacks to far more than its size or than `unpacked` bytes."""
    _check_frame(data, archive)
    _check_sizes(archive.infolist(), len(data), unpacked)
    _check_names(archive.namelist())


def _check_frame(data: bytes, archive: zipfile.ZipFile) -> None:
    """Nothing before, behind or on top of the parts: two files in one are refused, and parts that share bytes."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 + len(archive.comment) != len(data):
        raise Unsafe("Có dữ liệu lạ sau phần cuối của tệp.", "Something hides behind the document's end.")
    position = 0
    for part in sorted(archive.infolist(), key=lambda each: each.header_offset):
        if part.header_offset < position or (position == 0 and part.header_offset != 0):
            raise Unsafe("Các phần trong tệp chồng lên nhau.", "The document's parts overlap.")
        position = part.header_offset + 30 + part.compress_size


def _check_sizes(parts: list[zipfile.ZipInfo], size: int, limit: int) -> None:
    if len(parts) > PARTS:
        raise Unsafe(f"Tệp có hơn {PARTS} phần.", f"The document has more than {PARTS} parts.")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unsafe("Tệp bị khóa bằng mật khẩu.", "The document is locked with a password.")
    unpacked = sum(part.file_size for part in parts)
    too_much = unpacked > limit or unpacked > max(SMALL, size * RATIO)
    if too_much or any(part.file_size > max(SMALL, part.compress_size * RATIO * 10) for part in parts):
        raise Unsafe(
            "Tệp giải nén ra lớn hơn rất nhiều so với kích thước của nó.",
            "The document unpacks to far more than its size.",
        )


def _check_names(names: list[str]) -> None:
    for name in names:
        low = name.lower().replace("\\", "/")
        if low.startswith("/") or ".." in low.split("/") or ":" in low:
            raise Unsafe(
                "Một phần trong tệp có tên dẫn ra ngoài tệp.",
                "A part of the document has a name that leads out of it.",
            )
    if len(set(names)) != len(names):
        raise Unsafe("Hai phần trong tệp trùng tên.", "Two parts of the document have one name.")
