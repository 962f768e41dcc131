"""Where contents are kept: a directory, or a bucket of any server that speaks S3. Contents never change: a
name is a digest."""

import io
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

_CHUNK = 256 * 1024


class Missing(Exception):
    """The content is not in the store."""


class Store(Protocol):
    """Keeps bytes under names."""

    def put(self, name: str, data: bytes) -> None:
        """Keep the bytes; once this returns they survive a crash. What is there already stays."""

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes, piece by piece; raises Missing."""

    def remove(self, name: str) -> None:
        """Drop the bytes; nothing if they are not there."""


class Directory:
    """Contents as files below a directory, spread over folders by their first letters."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, data: bytes) -> None:
        """See Store."""
        path = self._path(name)
        with suppress(FileNotFoundError):
            if path.stat().st_size == len(data):
                return
        for folder in (self._root, path.parent.parent, path.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
        # The file's name, and those of folders that are new, are on disk only when their folders are.
        for folder in (path.parent, path.parent.parent, self._root):
            _sync(folder)

    def read(self, name: str) -> Iterator[bytes]:
        """See Store."""
        try:
            file = self._path(name).open("rb")
        except FileNotFoundError as error:
            raise Missing(name) from error
        return _pieces_of(file)

    def remove(self, name: str) -> None:
        """See Store."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._root / name[:2] / name[2:4] / name


def thumbnail_key(sha256: str) -> str:
    """The name of the small picture of a content."""
    return f"{sha256}.thumbnail"


def files_url(raw: str) -> str:
    """file:///path, or s3+https://key:secret@host/bucket (s3+http too; ?region=). Raises ValueError."""
    parts = urlsplit(raw)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return raw
    bucket = parts.path.strip("/")
    server = parts.scheme in ("s3+http", "s3+https") and parts.hostname and parts.username and parts.password
    if server and bucket and "/" not in bucket:
        return raw
    raise ValueError("expected file:///path or s3+https://key:secret@host/bucket")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _pieces_of(file: io.BufferedReader) -> Iterator[bytes]:
    with file:
        while piece := file.read(_CHUNK):
            yield piece
