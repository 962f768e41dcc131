"""Events of the assignments service."""

from marshmallow import fields

from shared.contracts.fields import EventData, identifier, optional_text, text
from shared.contracts.visits import IssueFacts

UNIT_CHANGED = "vn.caunoi.assignments.unit.changed.v1"
HAMLET_CHANGED = "vn.caunoi.assignments.hamlet.changed.v1"
OFFICIAL_CHANGED = "vn.caunoi.assignments.official.changed.v1"
SIGNING_KEY_CHANGED = "vn.caunoi.assignments.signing_key.changed.v1"
ESCALATION_ROUTED = "vn.caunoi.assignments.escalation.routed.v1"


class UnitChanged(EventData):
    """An administrative unit as it now stands."""

    unit_id = identifier()
    code = text()
    name = text()
    kind = text()
    level = text()
    path = text()
    province_code = text()
    province_abbreviation = text()
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class HamletChanged(EventData):
    """A hamlet (ấp, khu phố) as it now stands."""

    hamlet_id = identifier()
    name = text()
    unit_id = identifier()
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class OfficialChanged(EventData):
    """An official as now known: the only event that carries contact details."""

    official_id = identifier()
    full_name = text()
    email = optional_text()
    phone = optional_text()
    language = text()
    active = fields.Boolean(required=True)


class SigningKeyChanged(EventData):
    """A public key that access tokens are signed with."""

    kid = text()
    jwk = fields.Dict(required=True)
    not_after = fields.AwareDateTime(required=True, allow_none=True)


class Reason(EventData):
    """Why a person is told: the post, for which place, by which decision."""

    post = text()
    post_name_vi = text()
    post_name_en = text()
    place = text()
    legal_basis = text()
    standing_in_for = optional_text()


class Recipient(EventData):
    """A person to tell, once, with every reason."""

    official_id = identifier()
    full_name = text()
    reasons = fields.List(fields.Nested(Reason), required=True)


class Vacancy(EventData):
    """A post nobody holds, and the post that was told in its place."""

    post = text()
    post_name_vi = text()
    post_name_en = text()
    place = text()
    fell_to = optional_text()


class EscalationRouted(EventData):
    """The people responsible for an escalated issue, each with the reasons."""

    escalation_id = identifier()
    step = fields.Integer(required=True, strict=True)
    issue = fields.Nested(IssueFacts, required=True)
    recipients = fields.List(fields.Nested(Recipient), required=True)
    vacancies = fields.List(fields.Nested(Vacancy), required=True)
