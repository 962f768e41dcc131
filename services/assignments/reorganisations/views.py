"""The HTTP interface of reorganisations."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView

from services.assignments.reorganisations import queries
from services.assignments.reorganisations.actions import ask_to_undo, decide, leave_open, plan, plan_again
from services.assignments.reorganisations.applying import apply
from services.assignments.reorganisations.files import SUCCESSORS, UNITS, given_or_own
from services.assignments.reorganisations.model import Item, Reorganisation
from services.assignments.reorganisations.rules import State
from services.assignments.reorganisations.schemas import (
    ITEM_EXAMPLE,
    PLAN_EXAMPLE,
    REORGANISATION_EXAMPLE,
    REPORT_EXAMPLE,
    DecisionInput,
    ItemFilters,
    ItemOutput,
    PlanInput,
    ReorganisationOutput,
    ReportOutput,
    UndoInput,
)
from services.assignments.reorganisations.undoing import undo
from shared.web.auth import principal, requires
from shared.web.documented import ETAG, LOCATION, changes_a_record, may_be_missing
from shared.web.etag import check_if_match, etag_of
from shared.web.input import Blueprint
from shared.web.schemas import CursorArgs, page_of
from shared.web.service import session

blueprint = Blueprint(
    "reorganisations",
    __name__,
    description="Reorganisations of units: a plan, its dry run, the deed, and its undoing. For clients whose "
    "territory is everything",
)

Answer = tuple[Any, dict[str, str]]


@blueprint.route("/reorganisations")
class Reorganisations(MethodView):
    """All of them."""

    @requires("assignments:read")
    @blueprint.arguments(CursorArgs, location="query")
    @blueprint.response(
        200, page_of(ReorganisationOutput), example={"items": [REORGANISATION_EXAMPLE], "next_cursor": None}
    )
    def get(self, paging: dict[str, Any]) -> dict[str, Any]:
        """List them, newest first."""
        return queries.page(session(), paging, principal())

    @requires("assignments:write")
    @blueprint.arguments(PlanInput, example=PLAN_EXAMPLE)
    @blueprint.response(201, ReorganisationOutput, example=REORGANISATION_EXAMPLE, headers=ETAG | LOCATION)
    def post(self, given: dict[str, Any]) -> Answer:
        """Make a plan. It changes nothing but itself; its report is the dry run."""
        lists = {"units": UNITS, "successors": SUCCESSORS}
        given |= {name: given_or_own(given[name], file) for name, file in lists.items()}
        made = plan(session(), principal(), **given)
        return made, {"Location": f"{request.path}/{made.id}", "ETag": etag_of(made.version)}


@blueprint.route("/reorganisations/<uuid:reorganisation_id>")
class OneReorganisation(MethodView):
    """One of them."""

    @requires("assignments:read")
    @blueprint.response(200, ReorganisationOutput, example=REORGANISATION_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, reorganisation_id: UUID) -> Answer:
        """Read one."""
        return _answer(queries.one(session(), reorganisation_id, principal()))


@blueprint.route("/reorganisations/<uuid:reorganisation_id>/report")
class Report(MethodView):
    """The dry run."""

    @requires("assignments:read")
    @blueprint.response(200, ReportOutput, example=REPORT_EXAMPLE, headers=ETAG)
    @may_be_missing()
    def get(self, reorganisation_id: UUID) -> Answer:
        """Read what it would do, or has done, in counts."""
        made = queries.one(session(), reorganisation_id, principal())
        return queries.report(session(), made), {"ETag": etag_of(made.version)}


@blueprint.route("/reorganisations/<uuid:reorganisation_id>/refresh")
class Refreshing(MethodView):
    """The plan, made again."""

    @requires("assignments:write")
    @blueprint.response(200, ReorganisationOutput, example=REORGANISATION_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, reorganisation_id: UUID) -> Answer:
        """Plan again from what is recorded now; decisions are kept."""
        return _answer(plan_again(session(), _unchanged(reorganisation_id)))


@blueprint.route("/reorganisations/<uuid:reorganisation_id>/apply")
class Applying(MethodView):
    """The deed."""

    @requires("assignments:write")
    @blueprint.response(200, ReorganisationOutput, example=REORGANISATION_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, reorganisation_id: UUID) -> Answer:
        """Carry the plan out, whole or not at all; what is undecided goes by its default."""
        return _answer(apply(session(), _unchanged(reorganisation_id), principal()))


@blueprint.route("/reorganisations/<uuid:reorganisation_id>/undo")
class Undoing(MethodView):
    """The compensating deed."""

    @requires("assignments:write")
    @blueprint.arguments(UndoInput, example={"reason": "Danh sách bị nhầm."})
    @blueprint.response(200, ReorganisationOutput, example=REORGANISATION_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def post(self, given: dict[str, Any], reorganisation_id: UUID) -> Answer:
        """Undo it, in two steps: the first asks whether anything depends on it (`undo_asked`); once the answer is
        there, it is `undo_ready` and the same request undoes it, or `applied` again with a `refusal`."""
        made, who = _unchanged(reorganisation_id), principal()
        if made.state == State.UNDO_READY:
            return _answer(undo(session(), made, who))
        return _answer(ask_to_undo(session(), made, who, given["reason"]))


@blueprint.route("/reorganisations/<uuid:reorganisation_id>/items")
class Items(MethodView):
    """What becomes of each thing."""

    @requires("assignments:read")
    @blueprint.arguments(ItemFilters, location="query")
    @blueprint.response(200, page_of(ItemOutput), example={"items": [ITEM_EXAMPLE], "next_cursor": None})
    @may_be_missing()
    def get(self, filters: dict[str, Any], reorganisation_id: UUID) -> dict[str, Any]:
        """List the items of a plan."""
        return queries.items(session(), queries.one(session(), reorganisation_id, principal()), filters)


@blueprint.route("/reorganisations/<uuid:reorganisation_id>/items/<uuid:item_id>/decision")
class Decision(MethodView):
    """Where one thing goes."""

    @requires("assignments:write")
    @blueprint.arguments(DecisionInput, example={"unit": "00025", "note": "Phần lớn dân cư ở đó."})
    @blueprint.response(200, ItemOutput, example=ITEM_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def put(self, given: dict[str, Any], reorganisation_id: UUID, item_id: UUID) -> Answer:
        """Decide where it goes, or that it ends. If-Match takes the ETag of the item."""
        made, item = _item(reorganisation_id, item_id)
        return _item_answer(decide(session(), made, item, principal(), **given))

    @requires("assignments:write")
    @blueprint.response(200, ItemOutput, example=ITEM_EXAMPLE, headers=ETAG)
    @changes_a_record()
    def delete(self, reorganisation_id: UUID, item_id: UUID) -> Answer:
        """Take the decision back: it goes by its default."""
        return _item_answer(leave_open(session(), *_item(reorganisation_id, item_id)))


def _unchanged(reorganisation_id: UUID) -> Reorganisation:
    made = queries.one(session(), reorganisation_id, principal(), lock=True)
    check_if_match(made.version)
    return made


def _item(reorganisation_id: UUID, item_id: UUID) -> tuple[Reorganisation, Item]:
    made = queries.one(session(), reorganisation_id, principal(), lock=True)
    item = queries.item(session(), made, item_id, lock=True)
    check_if_match(item.version)
    return made, item


def _answer(made: Reorganisation) -> Answer:
    return made, {"ETag": etag_of(made.version)}


def _item_answer(item: Item) -> Answer:
    return item, {"ETag": etag_of(item.version)}
