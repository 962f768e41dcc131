"""Events of the assignments service."""

from marshmallow import fields

from shared.contracts.fields import EventData, identifier, optional_text, text
from shared.contracts.visits import IssueFacts

UNIT_CHANGED = "vn.caunoi.assignments.unit.changed.v1"
HAMLET_CHANGED = "vn.caunoi.assignments.hamlet.changed.v1"
OFFICIAL_CHANGED = "vn.caunoi.assignments.official.changed.v1"
CLUSTER_CHANGED = "vn.caunoi.assignments.cluster.changed.v1"
ASSIGNMENT_CHANGED = "vn.caunoi.assignments.assignment.changed.v1"
ABSENCE_CHANGED = "vn.caunoi.assignments.absence.changed.v1"
RULES_APPLIED = "vn.caunoi.assignments.rules.applied.v1"
SIGNING_KEY_CHANGED = "vn.caunoi.assignments.signing_key.changed.v1"
ESCALATION_ROUTED = "vn.caunoi.assignments.escalation.routed.v1"
REMINDER_DUE = "vn.caunoi.assignments.reminder.due.v1"  # its data: shared.contracts.visits.ReminderDue
ESCALATION_REROUTED = "vn.caunoi.assignments.escalation.rerouted.v1"
ACCOUNT_MAIL_DUE = "vn.caunoi.assignments.account_mail.due.v1"
UNIT_SUCCEEDED = "vn.caunoi.assignments.unit.succeeded.v1"
REORGANISATION_UNDO_ASKED = "vn.caunoi.assignments.reorganisation.undo_asked.v1"


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


class ClusterMembership(EventData):
    """A commune in a cluster during one validity."""

    unit_path = text()
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class ClusterChanged(EventData):
    """A cluster (tiểu vùng) of a district as it now stands, with the communes it holds, held and will hold."""

    cluster_id = identifier()
    name = text()
    unit_path = text(metadata={"description": "Of its district"})
    communes = fields.List(fields.Nested(ClusterMembership), required=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class AssignmentChanged(EventData):
    """An official holds a post for a place, as now recorded."""

    assignment_id = identifier()
    official_id = identifier()
    full_name = text()
    post = text()
    post_name_vi = text()
    post_name_en = text()
    attached_to = text(metadata={"description": "A level's code, cluster or hamlet"})
    place_id = identifier()
    place_name = text()
    unit_path = text(
        metadata={"description": "Where the place lies: the unit, the cluster's district, the commune"}
    )
    hamlet_id = identifier(allow_none=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    legal_basis = text()


class AbsenceChanged(EventData):
    """An absence as it now stands; why somebody is away is nobody else's business. `counts`: it is approved."""

    absence_id = identifier()
    official_id = identifier()
    substitute_id = identifier(allow_none=True)
    assignment_ids = fields.List(
        fields.UUID(), required=True, allow_none=True, metadata={"description": "From these only; null: from all"}
    )
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    counts = fields.Boolean(required=True)


class Cadence(EventData):
    """Holders of a post do something at least every so many days; `tell_post` is told with them when it is late."""

    post = text()
    activity = text(metadata={"description": "visit, meeting, report or contact"})
    every_days = fields.Integer(required=True, strict=True)
    remind_before = fields.Integer(required=True, strict=True, metadata={"description": "Days before it is due"})
    tell_post = optional_text()
    source = text()


class RulesApplied(EventData):
    """A set of rules was applied: what else it asks of those who hold its posts."""

    name = text()
    valid_from = fields.Date(required=True)
    cadences = fields.List(fields.Nested(Cadence), required=True)


class SigningKeyChanged(EventData):
    """A public key that access tokens are signed with."""

    kid = text()
    jwk = fields.Dict(required=True)
    not_after = fields.AwareDateTime(required=True, allow_none=True)


class Absent(EventData):
    """An official, such as one who is away."""

    official_id = identifier()
    full_name = text()


class AccountMailDue(EventData):
    """An official is to get a mail about their account: `kind` is invitation, reset, password_changed or
    second_factor_off. The link in it is sealed with the installation's secret, because events are kept for weeks;
    that of the first two is good once, until `expires_at`, after which none is sent."""

    mail_id = identifier()
    kind = text()
    official_id = identifier()
    full_name = text()
    address_digest = text(metadata={"description": "SHA-256 of the address in lower case: it goes to no other"})
    sealed_link = optional_text()
    expires_at = fields.AwareDateTime(required=True)


class Reason(EventData):
    """Why a person is told: the post, for which place, by which decision."""

    post = text()
    post_name_vi = text()
    post_name_en = text()
    place = text()
    legal_basis = text()
    standing_in_for = optional_text()
    # Events from before there were substitutes have none.
    substitute_for = fields.Nested(Absent, load_default=None, allow_none=True)


class Recipient(EventData):
    """A person to tell, once, with every reason."""

    official_id = identifier()
    full_name = text()
    reasons = fields.List(fields.Nested(Reason), required=True)


class Vacancy(EventData):
    """A post in which nobody acts, and the post that was told in its place; `absent`: its holders are away."""

    post = text()
    post_name_vi = text()
    post_name_en = text()
    place = text()
    fell_to = optional_text()
    absent = fields.Boolean(load_default=False)


class EscalationRouted(EventData):
    """The people responsible for an escalated issue, each with the reasons."""

    escalation_id = identifier()
    step = fields.Integer(required=True, strict=True)
    issue = fields.Nested(IssueFacts, required=True)
    recipients = fields.List(fields.Nested(Recipient), required=True)
    vacancies = fields.List(fields.Nested(Vacancy), required=True)


class Declining(EventData):
    """Who said so, or could not be reached, and why."""

    official_id = identifier()
    full_name = text()
    reason = text()


class EscalationRerouted(EventData):
    """An official said that an escalation is not theirs, or could not be reached (`way`); these people, whom it
    falls to instead, are to be told. Some of them may know of it already.

    `decline_id` and `declined_by` are of the official who could not be reached as well. `aware`: it falls to these,
    too, who were told of it before.
    """

    decline_id = identifier()
    escalation_id = identifier()
    declined_by = fields.Nested(Declining, required=True)
    recipients = fields.List(fields.Nested(Recipient), required=True)
    vacancies = fields.List(fields.Nested(Vacancy), required=True)
    # Events from before it could be otherwise have neither.
    way = fields.String(load_default="declined", metadata={"description": "declined or unreached"})
    aware = fields.List(fields.Nested(Absent), load_default=list)


class UnitFacts(EventData):
    """A unit as it is written into what hangs on it."""

    unit_id = identifier()
    code = text()
    path = text()
    name = text(metadata={"description": "In full: Xã X, Tỉnh Y"})


class HamletHeir(EventData):
    """Where a hamlet of the unit goes, which may be another unit than the rest of it goes to."""

    hamlet_id = identifier()
    heir_id = identifier()
    name = text(metadata={"description": "Of the heir"})
    unit = fields.Nested(UnitFacts, required=True)


class UnitSucceeded(EventData):
    """The open work of a unit belongs to its heir from a day on; `undone`: it comes back after all."""

    reorganisation_id = identifier()
    effective_on = fields.Date(required=True)
    undone = fields.Boolean(required=True)
    check = fields.Boolean(
        required=True, metadata={"description": "Nobody decided where it goes: a person should look"}
    )
    unit = fields.Nested(UnitFacts, required=True)
    heir = fields.Nested(UnitFacts, required=True)
    hamlets = fields.List(fields.Nested(HamletHeir), required=True)


class BegunUnit(EventData):
    """A unit that began by a reorganisation."""

    unit_id = identifier()
    path = text()


class ReorganisationUndoAsked(EventData):
    """Does anything depend on the units that began by a reorganisation?"""

    reorganisation_id = identifier()
    asked_version = fields.Integer(required=True, strict=True)
    units = fields.List(fields.Nested(BegunUnit), required=True)
