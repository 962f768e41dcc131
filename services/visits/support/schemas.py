"""Support as the API reads and shows it."""

from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.visits.issues.schemas import PlaceOutput
from services.visits.support.rules import LARGEST_AMOUNT, LARGEST_QUANTITY, QUANTITY_PLACES, By, Kind, SponsorKind
from shared.web.schemas import CursorArgs, Input, Output, Text

_DAY = validate.Range(date(2000, 1, 1), date(2999, 12, 31))
_UNIT = {"description": "Code of a unit, or a path such as 83/829/: all inside it", "example": "83/834/"}


class Quantity(fields.String):
    """An exact decimal, as text: JSON numbers are not exact."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        whole, _, part = text.partition(".")
        digits = whole + part
        if not (whole and digits.isascii() and digits.isdigit()) or len(digits) > 18 or text.endswith("."):
            raise ValidationError('Not a decimal such as "12.5".')
        number = Decimal(text)
        if len(part) > QUANTITY_PLACES or not 0 < number <= LARGEST_QUANTITY:
            raise ValidationError(
                f"Above 0, up to {LARGEST_QUANTITY}, with up to {QUANTITY_PLACES} decimal places."
            )
        return number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else f"{value.normalize():f}"


def _money(what: str, **kwargs: Any) -> fields.Integer:
    limits = validate.Range(1, LARGEST_AMOUNT)
    return fields.Integer(strict=True, validate=limits, metadata={"description": what}, **kwargs)


_OPTIONAL: Any = {"load_default": None, "allow_none": True}


class SponsorInput(Input):
    """Who gives."""

    name = Text(required=True, max=200)
    kind = fields.String(required=True, validate=validate.OneOf(list(SponsorKind)))


class ContributionInput(Input):
    """Support given to a place: money, or goods with their quantity."""

    unit = Text(required=True, max=36, metadata={"description": "The beneficiary: code on that day, or id"})
    sponsor = fields.Nested(SponsorInput, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(Kind)))
    amount = _money("Money, in đồng", **_OPTIONAL)
    goods = Text(max=500, **_OPTIONAL)
    quantity = Quantity(metadata={"description": "Of the goods, as a decimal", "example": "12.5"}, **_OPTIONAL)
    measure = Text(max=40, metadata={"description": "Unit of the quantity", "example": "tấn"}, **_OPTIONAL)
    estimated_value = _money("What the goods are worth, in đồng", **_OPTIONAL)
    purpose = Text(required=True, max=60, metadata={"description": "A code from /support-purposes"})
    official = fields.UUID(required=True, metadata={"description": "Who mobilised it"})
    given_on = fields.Date(required=True, validate=_DAY)
    document_number = Text(max=100, **_OPTIONAL)
    note = Text(max=2000, lines=True, **_OPTIONAL)


class ContributionCorrectionInput(ContributionInput):
    """What is right, in full, and why the other was wrong."""

    reason = Text(required=True, min=5, max=2000, lines=True)


class ContributionVoidInput(Input):
    """Why a contribution counts no longer."""

    reason = Text(required=True, min=5, max=2000, lines=True)


class _Wanted(CursorArgs):
    unit = Text(max=80, metadata=_UNIT)
    purpose = Text(max=60)
    kind = fields.String(validate=validate.OneOf(list(Kind)))
    official = fields.UUID()
    sponsor = Text(max=100, metadata={"description": "Words of the sponsor's name, diacritics or not"})
    given_from = fields.Date(validate=_DAY, metadata={"description": "First day, included"})
    given_to = fields.Date(validate=_DAY, metadata={"description": "Last day, included"})


class ContributionFilters(_Wanted):
    """What a list may be narrowed by."""

    voided = fields.Boolean(load_default=False, metadata={"description": "Also those that were voided"})


class TotalsFilters(_Wanted):
    """What is summed, and by what."""

    by = fields.String(load_default=By.UNIT, validate=validate.OneOf(list(By)))
    depth = fields.Integer(
        validate=validate.Range(1, 8),
        metadata={"description": "by=unit: codes of a path to sum by; one below the unit asked for if left out"},
    )


class SponsorOutput(Output):
    """Who gave."""

    name = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(SponsorKind)))


class MobiliserOutput(Output):
    """An official, by the name of that time."""

    id = fields.UUID(required=True)
    full_name = fields.String(required=True)


class ContributionVoidOutput(Output):
    """Why and since when it does not count."""

    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True)


class ContributionOutput(Output):
    """Support given to a place."""

    id = fields.UUID(required=True)
    unit = fields.Nested(PlaceOutput, required=True)
    sponsor = fields.Nested(SponsorOutput, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(Kind)))
    amount = fields.Integer(required=True, allow_none=True)
    goods = fields.String(required=True, allow_none=True)
    quantity = Quantity(required=True, allow_none=True)
    measure = fields.String(required=True, allow_none=True)
    estimated_value = fields.Integer(required=True, allow_none=True)
    purpose = fields.String(required=True)
    official = fields.Nested(MobiliserOutput, required=True)
    given_on = fields.Date(required=True)
    document_number = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    corrects = fields.UUID(required=True, allow_none=True, metadata={"description": "The one it stands in for"})
    corrected_by = fields.UUID(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True)
    recorded_by = fields.String(required=True, metadata={"description": "The client"})
    voided = fields.Nested(ContributionVoidOutput, required=True, allow_none=True)


class SupportTotalOutput(Output):
    """A sum of what was not voided."""

    key = fields.String(required=True, metadata={"description": "A path, a purpose or a month (2026-03)"})
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    contributions = fields.Integer(required=True)
    gifts_of_goods = fields.Integer(required=True)
    sponsors = fields.Integer(required=True)
    money = fields.Integer(required=True, metadata={"description": "Đồng, exact"})
    goods_estimated = fields.Integer(required=True, metadata={"description": "Đồng, of goods with an estimate"})


class SupportPurposeInput(Input):
    """A purpose as it should be."""

    name_vi = Text(required=True, max=200)
    name_en = Text(required=True, max=200)
    position = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1000))
    active = fields.Boolean(load_default=True)
    source = Text(required=True, max=500, metadata={"description": "Who decided so"})


class SupportPurposeOutput(Output):
    """What support may be for."""

    code = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    position = fields.Integer(required=True)
    active = fields.Boolean(required=True)
    source = fields.String(required=True)


CONTRIBUTION_INPUT_EXAMPLE: dict[str, Any] = {
    "unit": "28993",
    "sponsor": {"name": "Công ty TNHH Một thành viên Xổ số kiến thiết Bến Tre", "kind": "enterprise"},
    "kind": "money",
    "amount": 60_000_000,
    "purpose": "housing",
    "official": "0198d0f6-7c11-7a52-9a55-2f3b7c1d9e10",
    "given_on": "2026-03-02",
    "document_number": "12/BB-UBND",
}
