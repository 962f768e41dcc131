"""Reporting an issue, and moving it through its life."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.visits import sealing
from services.visits.categories.queries import check_active, needs_evidence
from services.visits.deadlines.actions import rows_for
from services.visits.files import actions as files_actions
from services.visits.files.queries import known as known_files
from services.visits.intake.queries import check as check_intake
from services.visits.issues import demands, queries, rules
from services.visits.issues.consequences import follow
from services.visits.issues.model import Issue, Satisfaction
from services.visits.issues.rules import Move, Sensitivity, State
from services.visits.issues.writing import GIVEN, statement
from services.visits.officials.queries import known as known_official
from services.visits.timeline import actions as timeline
from services.visits.timeline.model import TimelineEntry
from services.visits.units.queries import Place, hamlet_of, reporting_unit
from shared import clock
from shared.database import dumps
from shared.errors import BadInput, Forbidden
from shared.ids import uuid7
from shared.search import words
from shared.web.auth import Principal


def report(session: Session, given: dict[str, Any], who: Principal) -> Issue:
    """Report an issue; `given` is what ReportInput loads.

    Raises BadInput naming the field, RoutedOut for what may not be handled here, Forbidden for a place outside the
    territory.
    """
    check_active(session, given["category"])
    for fresh in (False, True):
        place = reporting_unit(session, given["unit"], fresh=fresh)
        who.check(place.unit.path)
        looked_like = check_intake(session, given, place.unit.path)
        earlier = _earlier(session, given["re_report_of"], who) if given.get("re_report_of") else None
        issue = _new_issue(session, place, given, who, looked_like, earlier)
        if _insert(session, issue, place, given.get("reporter"), earlier):
            return issue
    raise BadInput("This unit is changing at this moment; try again.", field="unit")


def move(
    session: Session,
    reference: str,
    who: Principal,
    move: Move,
    *,
    official: UUID | None = None,
    reason: str | None = None,
    into: UUID | str | None = None,
    handler: UUID | None = None,
    files: Sequence[UUID] = (),
    text: str | None = None,
    rating: int | None = None,
) -> Issue:
    """Make a move other than escalating and acknowledging; `demands.DEMANDS` says what each needs. `official` acts,
    `handler` is whom it is assigned to, `into` the id or code of the issue it is merged into.

    Raises NotFound, BadInput naming the detail, Forbidden, or RuleBroken for a move the table does not have.
    """
    more = {"into": into, "handler": handler, "files": files, "text": text, "rating": rating}
    demands.check(move, more | {"official": official, "reason": reason})
    if move == Move.DE_ESCALATE and not who.may("visits:escalate"):
        raise Forbidden("Stepping back needs the scope visits:escalate.", scope="visits:escalate")
    issue, target = queries.for_move(session, reference, str(into) if into else None, who)
    person = known_official(session, official, "official") if official else None
    before, waited, at = issue.state, issue.waiting_since is not None, clock.now()
    issue.take(move, at, reason)
    _check_evidence(session, issue, move, files)
    data = _details(session, issue, target, more)
    data |= {"move": move, "from": before, "to": issue.state, "client": who.client_id}
    data |= {"reason": reason} if reason else {}
    _keep(session, issue, move, more, who)
    by = timeline.actor(who.client_id, person)
    session.add(TimelineEntry(**timeline.moved(issue.id, at, by, move_id=uuid7(), data=data)))
    follow(session, issue, move, at, waited=waited, was_closed=before in rules.CLOSED)
    return issue


def _check_evidence(session: Session, issue: Issue, move: Move, files: Sequence[UUID]) -> None:
    if move == Move.RESOLVE and not files and needs_evidence(session, issue.category):
        raise BadInput(
            "Issues of this category are resolved with evidence: a photograph or a document.", field="files"
        )


def _details(session: Session, issue: Issue, target: Issue | None, more: dict[str, Any]) -> dict[str, Any]:
    """What the line on the timeline says besides; sets handler and target of the issue."""
    data: dict[str, Any] = {"step": issue.step}
    data |= {name: more[name] for name in ("text", "rating") if more[name] is not None}
    if more["handler"]:
        person = known_official(session, more["handler"], "handler")
        issue.handler_id, issue.handler_name = person.id, person.full_name
        data["handler"] = {"id": person.id, "name": person.full_name}
    if target:
        if target.state not in rules.OPEN:
            raise BadInput(f"{target.code} is {target.state}; an issue goes on in an open one only.", field="into")
        issue.merged_into = target.id
        data["into"] = {"id": target.id, "code": target.code}
    return data


def _keep(session: Session, issue: Issue, move: Move, more: dict[str, Any], who: Principal) -> None:
    """Write what a move brings besides the move: resolution, files, rating."""
    if move == Move.RESOLVE:
        issue.resolution = more["text"]
    if more["files"]:
        known_files(session, more["files"], who, "files")
        restricted = issue.sensitivity == Sensitivity.RESTRICTED
        files_actions.attach(session, more["files"], "issue", issue.id, restricted=restricted)
    if more["rating"] is not None:
        by = who.client_id
        session.add(Satisfaction.say(issue.id, clock.now(), move, more["rating"], more["text"], by))


def _earlier(session: Session, reference: UUID, who: Principal) -> Issue:
    """The issue that was not fixed; raises BadInput naming `re_report_of`."""
    earlier = session.get(Issue, reference)
    if earlier is None or not queries.visible(earlier.unit_path, earlier.sensitivity, who):
        raise BadInput("There is no issue with this id.", field="re_report_of")
    if earlier.state not in (State.RESOLVED, State.VERIFIED, State.REJECTED):
        raise BadInput(
            f"{earlier.code} is {earlier.state}, so it need not be reported again.", field="re_report_of"
        )
    return earlier


def _new_issue(
    session: Session,
    place: Place,
    given: dict[str, Any],
    who: Principal,
    looked_like: str | None,
    earlier: Issue | None,
) -> Issue:
    hamlet = hamlet_of(session, given["hamlet"], place.unit) if given.get("hamlet") else None
    facts = {name: given[name] for name in ("kind", "category", "severity", "title", "description")}
    return Issue.report(
        unit=place.unit,
        unit_name=place.full_name,
        hamlet=hamlet,
        created_by=who.client_id,
        sensitivity=given.get("sensitivity", Sensitivity.NORMAL),
        looked_like=looked_like,
        re_report_of=earlier.id if earlier else None,
        **facts,
    )


def _insert(
    session: Session, issue: Issue, place: Place, reporter: dict[str, Any] | None, earlier: Issue | None
) -> bool:
    """Write the issue, which gives it its code; False if the unit is not as remembered: nothing is written."""
    year = clock.local_date(issue.reported_at).year
    abbreviation = place.unit.province_abbreviation
    values = {
        **{name: getattr(issue, name) for name in GIVEN},
        **_line(issue),
        "abbreviation": abbreviation,
        "year": year,
        "unit_version": place.unit.version,
        "words": words(f"{issue.title}\n{issue.description} {abbreviation} {year}"),
        "timers": dumps(_timers(session, issue, place)),
    }
    if reporter:
        values |= sealing.of(session).columns(issue.id, reporter)
    row = statement(reporter=bool(reporter), again=earlier is not None).row(session, values)
    if row is None:
        return False
    (issue.code,) = row
    return True


def _line(issue: Issue) -> dict[str, Any]:
    """The first line of the timeline, as parameters."""
    names: dict[str, Any] = {"unit_name": issue.unit_name, "hamlet_name": issue.hamlet_name}
    line = timeline.reported(issue.id, issue.reported_at, issue.created_by, **names)
    if issue.looked_like:
        line["data"]["confirmed_not"] = issue.looked_like
    return {"line_kind": line["kind"], "line_actor": line["actor_kind"], "line_data": dumps(line["data"])}


def _timers(session: Session, issue: Issue, place: Place) -> list[dict[str, Any]]:
    facts = {name: getattr(issue, name) for name in ("kind", "category", "severity")}
    return rows_for(session, issue_id=issue.id, at=issue.reported_at, tier=place.unit.level, **facts)
