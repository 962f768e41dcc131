"""Units without a database: validity, paths, province abbreviations, the event that tells of a unit."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from shared.contracts.assignments import UNIT_CHANGED
from shared.messaging.events import NewEvent
from shared.text import fold

# Quyết định 124/2004/QĐ-TTg set up the code list; 19/2025/QĐ-TTg is the list without districts.
THREE_TIERS_SINCE = date(2004, 7, 8)
TWO_TIERS_SINCE = date(2025, 7, 1)

PROVINCE = "province"

_TOLD = (
    "code",
    "name",
    "kind",
    "level",
    "path",
    "province_code",
    "province_abbreviation",
    "valid_from",
    "valid_to",
)


def path_of(parent_path: str, code: str) -> str:
    """The materialised path of a unit: "83/829/" and "28789" give "83/829/28789/"."""
    return f"{parent_path}{code}/"


def default_valid_from(levels_present: Collection[str]) -> date:
    """The first day of the scheme a file without dates is of: no district in it means two tiers."""
    return THREE_TIERS_SINCE if "district" in levels_present else TWO_TIERS_SINCE


def initials(name: str, kind_name: str) -> str:
    """The folded initials of a name without its kind: "Tỉnh Bến Tre" gives "BT"."""
    bare = name.removeprefix(kind_name).strip() or name
    words = "".join(c if c.isalnum() else " " for c in fold(bare)).split()
    return "".join(word[0] for word in words).upper()


def listed_abbreviation(code: str, at: date, listed: Iterable[tuple[date, str, str]]) -> str | None:
    """The abbreviation of a province; `listed` holds (first day of the scheme, code, abbreviation), and the newest
    scheme not after `at` counts."""
    known = [(since, short) for since, of_code, short in listed if of_code == code and since <= at]
    return max(known)[1] if known else None


def free_abbreviation(code: str, name: str, kind_name: str, taken: Collection[str]) -> str:
    """The abbreviation of a province that no list names: its initials, with its code if another one has those."""
    short = initials(name, kind_name)
    return short if short and short not in taken else f"{short}{code}"


def unit_changed(unit: Mapping[str, Any]) -> NewEvent:
    """The event for a unit as it now stands, from the columns of its row."""
    data = {name: unit[name] for name in _TOLD}
    return NewEvent(UNIT_CHANGED, str(unit["id"]), unit["version"], {"unit_id": unit["id"], **data})
