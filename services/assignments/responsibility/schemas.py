"""Responsibility as the API reads and shows it."""

from marshmallow import fields, validate

from services.assignments.units.schemas import UNIT_BRIEF_EXAMPLE, UnitBrief, UnitRef
from shared.web.documented import day
from shared.web.schemas import Input, Output

STEP_MAX = 9


class ResponsibleArgs(Input):
    """Of which place, on which day, at which step."""

    unit = UnitRef(required=True, description="The unit of the issue: its code on that day, or its id")
    hamlet = fields.UUID(load_default=None, metadata={"description": "A hamlet of that commune"})
    at = day("On this day; today if left out", load_default=None)
    step = fields.Integer(
        load_default=1,
        validate=validate.Range(1, STEP_MAX),
        metadata={"description": "Step of the escalation; a higher one also asks all of the lower ones"},
    )


class AbsentOutput(Output):
    """An absent official."""

    official_id = fields.UUID(required=True, attribute="id")
    full_name = fields.String(required=True)


class ReasonOutput(Output):
    """Why a person is told."""

    post = fields.String(required=True, attribute="post.code")
    post_name_vi = fields.String(required=True, attribute="post.name_vi")
    post_name_en = fields.String(required=True, attribute="post.name_en")
    place = fields.String(required=True, attribute="place.name")
    legal_basis = fields.String(required=True, attribute="holding.legal_basis")
    assignment_id = fields.UUID(required=True, attribute="holding.assignment_id")
    standing_in_for = fields.String(
        required=True, allow_none=True, metadata={"description": "The vacant post that fell to this one"}
    )
    substitute_for = fields.Nested(
        AbsentOutput,
        required=True,
        allow_none=True,
        metadata={"description": "The absent holder whom this person stands in for"},
    )


class RecipientOutput(Output):
    """A person, once, with every reason."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    reasons = fields.List(fields.Nested(ReasonOutput), required=True)


class VacancyOutput(Output):
    """A post in which nobody acts."""

    post = fields.String(required=True, attribute="post.code")
    post_name_vi = fields.String(required=True, attribute="post.name_vi")
    post_name_en = fields.String(required=True, attribute="post.name_en")
    place = fields.String(required=True, attribute="place.name")
    fell_to = fields.String(
        required=True, allow_none=True, metadata={"description": "The post told in its place; null if none is held"}
    )
    absent = fields.Boolean(
        required=True, metadata={"description": "It is held, but all who hold it are away and nobody stands in"}
    )


class ResponsibleOutput(Output):
    """Who is told of an issue of a place, and what is vacant."""

    unit = fields.Nested(UnitBrief, required=True)
    hamlet = fields.UUID(required=True, allow_none=True)
    at = fields.Date(required=True)
    step = fields.Integer(required=True)
    recipients = fields.List(fields.Nested(RecipientOutput), required=True)
    vacancies = fields.List(fields.Nested(VacancyOutput), required=True)


RESPONSIBLE_EXAMPLE = {
    "unit": UNIT_BRIEF_EXAMPLE,
    "hamlet": None,
    "at": "2026-03-02",
    "step": 1,
    "recipients": [
        {
            "official_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d33",
            "full_name": "Nguyễn Văn An",
            "reasons": [
                {
                    "post": "commune_follower",
                    "post_name_vi": "Cán bộ tỉnh theo dõi xã, phường, thị trấn",
                    "post_name_en": "Provincial official following the commune",
                    "place": "Xã Mỹ Thạnh",
                    "legal_basis": "Quyết định 182-QĐ/TU",
                    "assignment_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d55",
                    "standing_in_for": None,
                    "substitute_for": {
                        "official_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d44",
                        "full_name": "Trần Văn Bình",
                    },
                }
            ],
        }
    ],
    "vacancies": [
        {
            "post": "cluster_overseer",
            "post_name_vi": "Ủy viên Ban Thường vụ Huyện ủy, Thành ủy phụ trách tiểu vùng",
            "post_name_en": "District standing committee member overseeing the cluster",
            "place": "Tiểu vùng 1",
            "fell_to": "district_standing_body",
            "absent": False,
        }
    ],
}
