"""Rules of support: what can be given, how much of it, and how totals are cut. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared.errors import BadInput

# Đồng, whole and exact: a million milliards is more than anybody gives.
LARGEST_AMOUNT = 10**15
LARGEST_QUANTITY = Decimal(10) ** 12
QUANTITY_PLACES = 3


class SponsorKind(StrEnum):
    """Who gives: an enterprise, a benefactor (mạnh thường quân), an organisation, or somebody else."""

    ENTERPRISE = "enterprise"
    BENEFACTOR = "benefactor"
    ORGANISATION = "organisation"
    INDIVIDUAL = "individual"


class Kind(StrEnum):
    """What is given."""

    MONEY = "money"
    GOODS = "goods"


class By(StrEnum):
    """What totals are made by."""

    UNIT = "unit"
    PURPOSE = "purpose"
    MONTH = "month"


_NEEDED = {Kind.MONEY: ("amount",), Kind.GOODS: ("goods", "quantity", "measure")}
_ALLOWED = {Kind.MONEY: ("amount",), Kind.GOODS: ("goods", "quantity", "measure", "estimated_value")}
WHAT = ("amount", "goods", "quantity", "measure", "estimated_value")


def check_what(kind: Kind, given: Mapping[str, Any]) -> None:
    """Money has an amount and nothing else; goods have a description, a quantity and its measure.

    Raises BadInput naming the first field that is missing or out of place.
    """
    for name in WHAT:
        there = given.get(name) is not None
        if there and name not in _ALLOWED[kind]:
            raise BadInput(f"This does not go with support in {kind}.", field=name)
        if not there and name in _NEEDED[kind]:
            raise BadInput(f"Support in {kind} needs this.", field=name)


def check_day(given_on: date, today: date) -> None:
    """Raises BadInput for what has not been given yet."""
    if given_on > today:
        raise BadInput("This day has not come yet; record support when it was given.", field="given_on")
