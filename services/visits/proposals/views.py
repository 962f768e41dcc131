"""The HTTP interface of joint proposals."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.visits.proposals import queries, schemas
from services.visits.proposals.actions import move, propose, set_reminder
from services.visits.proposals.model import Proposal, ProposalReminder
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import page_of
from shared.web.service import session

blueprint = Blueprint("proposals", __name__, description="What officials ask of a higher level together")

Answer = tuple[dict[str, Any], dict[str, str]]


@blueprint.route("/proposal-reminder")
class Reminding(MethodView):
    """When those invited who say nothing are reminded."""

    @requires("visits:read")
    @blueprint.response(200, schemas.ProposalReminderOutput)
    def get(self) -> ProposalReminder:
        """Read after how many days the silent are reminded, again and again."""
        return queries.reminder(session())

    @requires("visits:configure")
    @blueprint.arguments(schemas.ProposalReminderInput())
    @blueprint.response(200, schemas.ProposalReminderOutput)
    def put(self, given: dict[str, Any]) -> ProposalReminder:
        """Say when the silent are reminded; needs a token for all provinces."""
        return set_reminder(session(), given, principal())


@blueprint.route("/proposals")
class Proposals(MethodView):
    """Proposals on issues inside the territory."""

    @requires("visits:write")
    @blueprint.arguments(schemas.ProposalInput(), example=schemas.PROPOSAL_EXAMPLE)
    @blueprint.response(201, schemas.ProposalDetailOutput, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Draft a proposal and invite others to sign it; it is submitted as soon as enough have."""
        proposal = propose(session(), given, principal())
        body, headers = _shown(proposal)
        return body, headers | {"Location": f"{request.path}/{proposal.id}"}

    @requires("visits:read")
    @blueprint.arguments(schemas.ProposalFilters(), location="query")
    @blueprint.response(200, page_of(schemas.ProposalOutput))
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """List proposals, newest first; one is seen by those who may see every issue it is about."""
        return queries.page(session(), filters, principal())


@blueprint.route("/proposals/<uuid:proposal_id>")
class OneProposal(MethodView):
    """One proposal."""

    @requires("visits:read")
    @blueprint.response(200, schemas.ProposalDetailOutput, headers=ETAG)
    @may_be_missing()
    def get(self, proposal_id: UUID) -> Answer:
        """Read a proposal with its signatures and history."""
        return _shown(queries.one(session(), proposal_id, principal()))


@blueprint.route("/proposals/<uuid:proposal_id>/moves")
class ProposalMoves(MethodView):
    """Signing, declining, withdrawing, answering."""

    @requires("visits:write")
    @blueprint.arguments(
        schemas.ProposalMoveInput(),
        example={"move": "sign", "official": schemas.PROPOSAL_EXAMPLE["cosigners"][0]},
    )
    @blueprint.response(201, schemas.ProposalDetailOutput, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], proposal_id: UUID) -> Answer:
        """Sign or decline as one invited, withdraw as who drafted it, or record the answer."""
        proposal = queries.one(session(), proposal_id, principal(), locked=True)
        check_if_match(proposal.version)
        move(session(), proposal, given, principal())
        return _shown(proposal)


def _shown(proposal: Proposal) -> Answer:
    return queries.detailed(session(), proposal), {"ETag": etag_of(proposal.version)}
