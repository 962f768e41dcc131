"""A place to stand in, for tests that need no more."""

from datetime import date
from uuid import UUID

from services.assignments.units.model import Unit


def province(unit_id: UUID) -> Unit:
    """Tỉnh Bến Tre."""
    return Unit(
        id=unit_id,
        code="83",
        name="Tỉnh Bến Tre",
        folded="tinh ben tre",
        kind="tinh",
        level="province",
        path="83/",
        province_code="83",
        province_abbreviation="BT",
        valid_from=date(1976, 1, 1),
        version=1,
    )
