"""The abbreviations that issue codes of a province begin with (BT-2026-000123), read from the data folder."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

# The deployment form is a checkout: the data stands beside the services.
FILE = Path(__file__).resolve().parents[3] / "data" / "province-abbreviations.csv"


@cache
def listed() -> tuple[tuple[date, str, str], ...]:
    """All (first day of the scheme, province code, abbreviation)."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            (date.fromisoformat(row["valid_from"]), row["code"], row["abbreviation"])
            for row in csv.DictReader(lines)
        )
