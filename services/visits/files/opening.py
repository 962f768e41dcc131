"""Which store a setting names."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from services.visits.files.store import Directory, Store


@lru_cache
def store_at(url: str) -> Store:
    """The store of a URL that `store.files_url` took."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Directory(Path(unquote(parts.path)))
    from services.visits.files.bucket import bucket_at  # only those who use it pay for its import

    return bucket_at(url)
