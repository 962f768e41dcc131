"""Intake as the API reads and shows it."""

from typing import Any

from marshmallow import fields, validate

from services.visits.intake.rules import ROUTED_OUT, Nature, Outcome
from shared.web.schemas import CursorArgs, Input, Output, Text

_ROUTED_OUT = validate.OneOf([str(each) for each in ROUTED_OUT])


def nature() -> fields.String:
    """What whoever reports says it is."""
    return fields.String(
        load_default=Nature.FEEDBACK,
        validate=validate.OneOf(list(Nature)),
        metadata={"description": "What it is by the word of whoever reports; all but feedback is sent elsewhere"},
    )


class PhraseInput(Input):
    """Words that weigh for an outcome."""

    outcome = fields.String(required=True, validate=_ROUTED_OUT)
    phrase = Text(required=True, max=200)
    weight = fields.Integer(required=True, strict=True, validate=validate.Range(1, 1000))
    active = fields.Boolean(required=True, truthy={True}, falsy={False})
    source = Text(required=True, max=500)


class PhraseOutput(Output):
    """Words that weigh for an outcome."""

    code = fields.String(required=True)
    outcome = fields.String(required=True)
    phrase = fields.String(required=True)
    weight = fields.Integer(required=True)
    active = fields.Boolean(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class PhraseList(Output):
    """All phrases."""

    items = fields.List(fields.Nested(PhraseOutput), required=True)


class GuidanceInput(Input):
    """What people are told of an outcome."""

    threshold = fields.Integer(required=True, strict=True, validate=validate.Range(1, 10_000))
    text_vi = Text(required=True, max=4000, lines=True)
    text_en = Text(required=True, max=4000, lines=True)
    source = Text(required=True, max=500)


class GuidanceOutput(Output):
    """What people are told of an outcome."""

    outcome = fields.String(required=True)
    threshold = fields.Integer(required=True, metadata={"description": "The weight from which it is that"})
    text_vi = fields.String(required=True)
    text_en = fields.String(required=True)
    source = fields.String(required=True)
    version = fields.Integer(required=True)


class GuidanceList(Output):
    """What is said of each outcome."""

    items = fields.List(fields.Nested(GuidanceOutput), required=True)


class SaidOutput(Output):
    """What people are told."""

    vi = fields.String(required=True)
    en = fields.String(required=True)
    source = fields.String(required=True)


class MatchOutput(Output):
    """A phrase that was found."""

    phrase = fields.String(required=True)
    weight = fields.Integer(required=True)
    source = fields.String(required=True)


class CheckOutput(Output):
    """What a report would be taken for."""

    outcome = fields.String(required=True, validate=validate.OneOf(list(Outcome)))
    declared = fields.Boolean(required=True, metadata={"description": "true: by the word of whoever reports"})
    score = fields.Integer(required=True)
    matched = fields.List(fields.Nested(MatchOutput), required=True)
    guidance = fields.Nested(SaidOutput, required=True, allow_none=True)


class CountFilters(CursorArgs):
    """What the counts may be narrowed by."""

    unit = Text(max=80, metadata={"description": "Code or path: all inside it", "example": "83/834/"})
    outcome = fields.String(validate=_ROUTED_OUT)


class CountOutput(Output):
    """How many reports of a unit were sent elsewhere on a local day."""

    unit_path = fields.String(required=True)
    day = fields.Date(required=True)
    outcome = fields.String(required=True)
    count = fields.Integer(required=True)


PHRASE_INPUT_EXAMPLE: dict[str, Any] = {
    "outcome": "denunciation",
    "phrase": "đơn tố cáo",
    "weight": 100,
    "active": True,
    "source": "Luật Tố cáo 2018, Điều 2; từ và trọng số là mặc định của hệ thống",
}
PHRASE_EXAMPLE = {"code": "denunciation_letter", **PHRASE_INPUT_EXAMPLE, "version": 1}
GUIDANCE_INPUT_EXAMPLE: dict[str, Any] = {
    "threshold": 100,
    "text_vi": "Tố cáo được giải quyết theo Luật Tố cáo 2018.",
    "text_en": "Denunciations are settled by the Law on Denunciations 2018.",
    "source": "Luật Tố cáo 2018",
}
GUIDANCE_EXAMPLE = {"outcome": "denunciation", **GUIDANCE_INPUT_EXAMPLE, "version": 1}
CHECK_EXAMPLE: dict[str, Any] = {
    "outcome": "denunciation",
    "declared": False,
    "score": 100,
    "matched": [{name: PHRASE_INPUT_EXAMPLE[name] for name in ("phrase", "weight", "source")}],
    "guidance": {
        "vi": GUIDANCE_INPUT_EXAMPLE["text_vi"],
        "en": GUIDANCE_INPUT_EXAMPLE["text_en"],
        "source": "Luật Tố cáo 2018",
    },
}
COUNTS_EXAMPLE: dict[str, Any] = {
    "items": [{"unit_path": "83/834/28993/", "day": "2026-03-02", "outcome": "complaint", "count": 2}],
    "next_cursor": None,
}
