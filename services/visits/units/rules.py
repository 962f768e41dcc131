"""Rules on places: which level reports issues, when a place exists, how its full name reads."""

import re
from collections.abc import Iterable
from datetime import date

# The level whose leadership reports issues (DOMAIN: chính quyền cơ sở). Tiers above only receive them.
REPORTING_LEVEL = "commune"

# Codes of the statistics office from the top down, each ended by "/": "83/829/28789/".
PATH = re.compile(r"([0-9]{1,8}/){1,8}")


def exists_on(day: date, valid_from: date, valid_to: date | None) -> bool:
    """True if a place dated so exists on a day; `valid_to` is the first day it no longer does."""
    return valid_from <= day and (valid_to is None or day < valid_to)


def code_of(path: str) -> str:
    """The code of the unit at the end of a path: "83/829/28789/" -> "28789"."""
    return path.rstrip("/").rpartition("/")[2]


def prefixes(path: str) -> list[str]:
    """A path and all above it, lowest first: "83/829/" -> ["83/829/", "83/"]."""
    codes = path.rstrip("/").split("/")
    return ["/".join(codes[:depth]) + "/" for depth in range(len(codes), 0, -1)]


def depth_of(path: str) -> int:
    """How many codes a path has: "" 0, "83/" 1, "83/829/" 2."""
    return path.count("/")


def full_name(names: Iterable[str]) -> str:
    """ "Xã Bình Phú, Thành phố Bến Tre, Tỉnh Bến Tre" from names, lowest first."""
    return ", ".join(names)


def narrowed(territories: Iterable[str], paths: Iterable[str] | None) -> list[str]:
    """The path prefixes that lie in both: what a client may see, and what it asks for (None: everything).

    No prefix in the answer lies inside another, so that each issue is found under one of them only.
    """
    wanted = [""] if paths is None else list(paths)
    meet = {max(mine, asked, key=len) for mine in territories for asked in wanted if _nested(mine, asked)}
    return sorted(path for path in meet if not any(path != other and path.startswith(other) for other in meet))


def _nested(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
