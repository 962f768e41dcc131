"""Logs of roles: children append to one file each; it is rotated by size."""

import os
import shutil
from pathlib import Path

LIMIT = 10 * 2**20  # bytes
KEPT = 3  # older files


def rotate(log: Path, limit: int = LIMIT) -> bool:
    """Move what a log holds to `<log>.1` (`.1` to `.2` and so on) if it is over the limit.

    The file is copied and emptied, not renamed: a child has it open for appending and cannot be asked to open it
    anew. Lines written between the two steps are lost.
    """
    try:
        if log.stat().st_size <= limit:
            return False
    except FileNotFoundError:
        return False
    for number in range(KEPT - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)
    return True
