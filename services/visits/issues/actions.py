"""Reporting an issue."""

from typing import Any

from sqlalchemy.orm import Session

from services.visits.categories.queries import check_active
from services.visits.issues.model import Issue
from services.visits.issues.writing import GIVEN, WITH_REPORTER, WITHOUT_REPORTER
from services.visits.search import words
from services.visits.timeline import actions as timeline
from services.visits.units.queries import Place, hamlet_of, reporting_unit
from shared import clock
from shared.database import dumps
from shared.errors import BadInput
from shared.web.auth import Principal


def report(session: Session, given: dict[str, Any], who: Principal) -> Issue:
    """Report an issue; `given` is what ReportInput loads.

    Raises BadInput naming the field, Forbidden for a place outside the territory.
    """
    check_active(session, given["category"])
    for fresh in (False, True):
        place = reporting_unit(session, given["unit"], fresh=fresh)
        who.check(place.unit.path)
        issue = _new_issue(session, place, given, who)
        if _insert(session, issue, place, given.get("reporter")):
            return issue
    raise BadInput("This unit is changing at this moment; try again.", field="unit")


def _new_issue(session: Session, place: Place, given: dict[str, Any], who: Principal) -> Issue:
    hamlet = hamlet_of(session, given["hamlet"], place.unit) if given.get("hamlet") else None
    facts = {name: given[name] for name in ("kind", "category", "severity", "title", "description")}
    return Issue.report(
        unit=place.unit, unit_name=place.full_name, hamlet=hamlet, created_by=who.client_id, **facts
    )


def _insert(session: Session, issue: Issue, place: Place, reporter: dict[str, Any] | None) -> bool:
    """Write the issue, which gives it its code; False if the unit is not as remembered: nothing is written."""
    line = timeline.reported(
        issue.id, issue.reported_at, issue.created_by, unit_name=issue.unit_name, hamlet_name=issue.hamlet_name
    )
    year = clock.local_date(issue.reported_at).year
    abbreviation = place.unit.province_abbreviation
    values = {
        **{name: getattr(issue, name) for name in GIVEN},
        "abbreviation": abbreviation,
        "year": year,
        "unit_version": place.unit.version,
        "words": words(f"{issue.title}\n{issue.description} {abbreviation} {year}"),
        "line_kind": line["kind"],
        "line_actor": line["actor_kind"],
        "line_data": dumps(line["data"]),
    }
    if reporter:
        values |= {"reporter_name": reporter.get("name"), "reporter_contact": reporter.get("contact")}
    row = (WITH_REPORTER if reporter else WITHOUT_REPORTER).row(session, values)
    if row is None:
        return False
    (issue.code,) = row
    return True
