"""The lists of 1 July 2025, which the system has in its data folder."""

from pathlib import Path

# The deployment form is a checkout: the data stands beside the services.
FOLDER = Path(__file__).resolve().parents[3] / "data"
UNITS, SUCCESSORS = "units-2025-07-01.csv", "successors-2025-07-01.csv"


def given_or_own(given: str | None, name: str) -> bytes:
    """What was given, or the file of that name."""
    return (FOLDER / name).read_bytes() if given is None else given.encode()
