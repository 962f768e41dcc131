"""The one table of what can be drafted: how each kind is read, and which action does it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields
from sqlalchemy.orm import Session

from services.visits.drafts.queries import made_of
from services.visits.feedback.actions import give
from services.visits.feedback.schemas import FeedbackInput
from services.visits.information.actions import ask
from services.visits.information.schemas import InformationRequestInput
from services.visits.issues.actions import report
from services.visits.issues.schemas import ReportInput
from services.visits.reports.actions import open_report
from services.visits.reports.schemas import SituationReportInput
from services.visits.support.actions import record_support
from services.visits.support.schemas import ContributionInput
from services.visits.threads.actions import comment
from services.visits.threads.schemas import CommentInput
from services.visits.visits.actions import carry_out, plan
from services.visits.visits.queries import one as one_visit
from services.visits.visits.schemas import CarryOutInput, VisitInput
from shared.errors import BadInput
from shared.web.auth import Principal
from shared.web.schemas import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of draft: `read` says what its body is, `act` does it and gives what has an id."""

    read: Schema
    act: Callable[[Session, dict[str, Any], Principal], Any]


class CommentDraft(CommentInput):
    """A comment, and on what: an issue, or the draft of one."""

    issue = Text(required=True, max=60)


class CarryOutDraft(CarryOutInput):
    """What a visit was like, and which: one planned here, or the draft of one."""

    visit = fields.UUID(required=True)


def _comment(session: Session, given: dict[str, Any], who: Principal) -> Any:
    return comment(session, made_of(session, given.pop("issue"), who), given, who)


def _carry_out(session: Session, given: dict[str, Any], who: Principal) -> Any:
    visit = one_visit(session, UUID(made_of(session, str(given.pop("visit")), who)), who, locked=True)
    carry_out(session, visit, given, who)
    return visit


def _give(session: Session, given: dict[str, Any], who: Principal) -> Any:
    for name, read in (("visit", UUID), ("issue", str)):
        if given[name]:
            given[name] = read(made_of(session, str(given[name]), who))
    return give(session, given, who)


KINDS: dict[str, Kind] = {
    "issue": Kind(ReportInput(), report),
    "comment": Kind(CommentDraft(), _comment),
    "visit": Kind(VisitInput(), plan),
    "visit_carried_out": Kind(CarryOutDraft(), _carry_out),
    "feedback": Kind(FeedbackInput(), _give),
    "information_request": Kind(InformationRequestInput(), ask),
    "situation_report": Kind(SituationReportInput(), open_report),
    "support": Kind(ContributionInput(), record_support),
}


def perform(session: Session, kind: str, body: dict[str, Any], who: Principal) -> UUID:
    """Read the body as its kind wants it and do it; the id of what was made. Raises what the action raises, and
    BadInput naming each wrong field of the body."""
    try:
        given = KINDS[kind].read.load(body)
    except ValidationError as error:
        errors = dict(_flat(error.normalized_messages(), ""))
        raise BadInput("The input is not acceptable; see errors.", errors=errors) from error
    return KINDS[kind].act(session, given, who).id


def _flat(messages: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    """{"reporter": {"name": ["…"]}} -> ("reporter.name", ["…"])."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _flat(inner, ".".join(filter(None, (path, str(name)))))
    else:
        yield path, [str(each) for each in messages]
