"""Taking in drafts: each by itself, each once."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.visits.drafts import rules
from services.visits.drafts.model import Draft
from services.visits.drafts.rules import Status
from services.visits.intake.actions import count
from services.visits.intake.queries import RoutedOut
from shared import clock, logs
from shared.errors import Conflict, DomainError
from shared.web.auth import Principal

log = logs.get_logger()

Row = dict[str, Any]
Perform = Callable[[Session, str, Row, Principal], UUID]

# One batch at a time: two that write to the same places in another order would lock each other out.
_ONE_BATCH = 0x0CA0_D4AF


def take(session: Session, items: Sequence[Row], who: Principal, perform: Perform) -> list[Row]:
    """Do what the drafts ask for, in their order; one outcome a draft. `items` are what DraftInput loads;
    `perform` does one by its kind. What is refused changes nothing and harms no other.

    Raises BadInput if two have the same id.
    """
    rules.check_once(item["client_id"] for item in items)
    session.execute(select(func.pg_advisory_xact_lock(_ONE_BATCH)))
    return [_take_one(session, item, who, perform) for item in items]


def _take_one(session: Session, item: Row, who: Principal, perform: Perform) -> Row:
    try:
        digest = rules.digest(item["kind"], item["made_at"], item["body"])
        earlier = session.get(Draft, (who.client_id, item["client_id"]))
        if earlier is not None:
            if earlier.digest != digest:
                raise Conflict("This id was used for another draft.", field="client_id")
            return _outcome(item, Status.REPEATED, earlier.result_id)
        rules.check_made_at(item["made_at"], clock.now())
        with session.begin_nested():
            made = perform(session, item["kind"], item["body"], who)
            session.add(_draft(item, digest, made, who))
            session.flush()
        return _outcome(item, Status.CREATED, made)
    except RoutedOut as error:
        # As for a report of its own: counted, and what it said is kept nowhere, not even in a kept answer.
        count(session, error)
        error.extra.pop("matched", None)
        return _outcome(item, Status.REFUSED, problem=_problem(error))
    except DomainError as error:
        return _outcome(item, Status.REFUSED, problem=_problem(error))
    except Exception as error:
        # As at the edge: it is ours to mend, and no reason to lose the other drafts.
        log.error("draft_crashed", kind=item["kind"], client_id=str(item["client_id"]), exc_info=error)
        return _outcome(item, Status.REFUSED, problem=_problem(DomainError("Something went wrong on our side.")))


def _draft(item: Row, digest: str, made: UUID, who: Principal) -> Draft:
    return Draft(
        created_by=who.client_id,
        client_id=item["client_id"],
        kind=item["kind"],
        digest=digest,
        made_at=item["made_at"],
        received_at=clock.now(),
        result_id=made,
    )


def _outcome(item: Row, status: Status, made: UUID | None = None, problem: Row | None = None) -> Row:
    return {"client_id": item["client_id"], "status": status, "id": made, "problem": problem}


def _problem(error: DomainError) -> Row:
    errors = {error.field: [error.message]} if error.field else {}
    extra = {"errors": errors, **error.extra}
    return {"status": error.status, "title": error.title, "detail": error.message, **extra}
