"""Duplicates as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.visits.issues.rules import DESCRIPTION_LIMIT, REASON_LONGEST, REASON_SHORTEST, TITLE_LIMIT
from services.visits.issues.schemas import IssueOutput
from services.visits.threads.schemas import LinkedIssueOutput, ThreadOfficialOutput
from shared.web.schemas import Input, Output, Text


class SimilarInput(Input):
    """An issue as it would be reported."""

    unit = Text(required=True, max=36, metadata={"description": "Code of the commune, or id of the unit"})
    category = Text(required=True, max=60, metadata={"description": "A code from /categories"})
    title = Text(required=True, max=TITLE_LIMIT)
    description = Text(load_default="", max=DESCRIPTION_LIMIT, min=0, lines=True)


class MergeInput(Input):
    """In which issue this one goes on, and why."""

    into = Text(required=True, max=60, metadata={"description": "Id or code of the issue that stays"})
    reason = Text(required=True, min=REASON_SHORTEST, max=REASON_LONGEST, lines=True)
    official = fields.UUID(load_default=None, allow_none=True, metadata={"description": "The official who says so"})


class SimilarityRuleInput(Input):
    """What counts as similar."""

    days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 3650))
    least_score = fields.Integer(required=True, strict=True, validate=validate.Range(0, 100))
    at_most = fields.Integer(required=True, strict=True, validate=validate.Range(1, 50))
    source = Text(required=True, max=500, metadata={"description": "Who decided so, or by which document"})


class SimilarityRuleOutput(Output):
    """What counts as similar."""

    days = fields.Integer(required=True, metadata={"description": "How far back issues are looked for"})
    least_score = fields.Integer(required=True, metadata={"description": "Of 100; below it nothing is shown"})
    at_most = fields.Integer(required=True, metadata={"description": "How many are shown"})
    source = fields.String(required=True)


class SimilarOutput(IssueOutput):
    """An issue that looks alike."""

    score = fields.Float(required=True, metadata={"description": "0 to 100: the same words in title and text"})


class SimilarList(Output):
    """The issues most alike, best first."""

    items = fields.List(fields.Nested(SimilarOutput), required=True)


class MergeOutput(Output):
    """An issue that went on in another."""

    issue = fields.Nested(LinkedIssueOutput, required=True)
    into = fields.Nested(LinkedIssueOutput, required=True)
    at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)
    client_id = fields.String(required=True)
    official = fields.Nested(ThreadOfficialOutput, required=True, allow_none=True)


SIMILAR_EXAMPLE: dict[str, Any] = {
    "unit": "28993",
    "category": "irrigation_salinity",
    "title": "Cống ngăn mặn bị hỏng",
    "description": "Nước mặn tràn vào kênh nội đồng.",
}
MERGE_EXAMPLE: dict[str, Any] = {"into": "BT-2026-000122", "reason": "Cùng một cống, hai ấp cùng phản ánh."}
RULE_EXAMPLE: dict[str, Any] = {"days": 180, "least_score": 60, "at_most": 10, "source": "Quyết định 12-QĐ/TU"}
