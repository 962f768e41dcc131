"""Opening, writing, submitting and judging reports, and chasing those that are owed."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.visits.followings.actions import record_activity
from services.visits.officials.queries import known
from services.visits.reminders.actions import remind
from services.visits.reports import rules, telling
from services.visits.reports.figures import Scope, figures, proposals
from services.visits.reports.model import ReportDeadline, ReportMove, Section, SituationReport
from services.visits.reports.queries import deadline_of, receivers_of, sections
from services.visits.reports.rules import Move
from services.visits.units.queries import hamlet_of, reporting_unit
from shared import clock
from shared.errors import BadInput, Conflict
from shared.web.auth import Principal

CHASED_AT_ONCE = 50


def open_report(session: Session, given: dict[str, Any], who: Principal) -> SituationReport:
    """Begin a report, prefilled with what happened; `given` is what SituationReportInput loads.

    Raises BadInput naming the field, Forbidden for a place outside the territory, Conflict where there is one.
    """
    place = reporting_unit(session, given["unit"])
    who.check(place.unit.path)
    hamlet = hamlet_of(session, given["hamlet"], place.unit) if given["hamlet"] else None
    official = known(session, given["official"], "official")
    day = given["day"] or clock.today()
    deadline = deadline_of(session, given["period"])
    report = SituationReport.opened(
        place.unit, place.full_name, hamlet, official, given["period"], day, deadline, by=who.client_id
    )
    rules.check_begun(report.first_day, clock.today())
    check_sections(session, given["sections"])
    scope = _scope(report)
    report.figures = figures(session, scope)
    known_sections = {each.code for each in sections(session) if each.active}
    written = rules.prefill(report.figures, proposals(session, scope)) | given["sections"]
    report.sections = {code: text for code, text in written.items() if code in known_sections}
    _insert(session, report)
    return report


def write(session: Session, report: SituationReport, texts: dict[str, str]) -> None:
    """Set what some sections of a locked report say. Raises BadInput naming `sections`, or RuleBroken."""
    check_sections(session, texts)
    report.write(texts)


def move(session: Session, report: SituationReport, given: dict[str, Any], who: Principal) -> None:
    """Move a locked report; `given` is what ReportMoveInput loads. A submission is frozen into the history.

    Raises RuleBroken, or BadInput naming `official`, `reason` or the section in which nothing is written.
    """
    wanted = Move(given["move"])
    if wanted in rules.NEEDS_REASON and not given["reason"]:
        raise BadInput("Say why.", field="reason")
    official = known(session, given["official"], "official") if given["official"] else None
    report.move(wanted, deadline_of(session, report.period))
    data: dict[str, Any] = {}
    if wanted == Move.SUBMIT:
        data = _submit(session, report)
    if wanted not in rules.BY_RECEIVER and official and official.id != report.official_id:
        raise BadInput("Only its author submits a report or takes it back.", field="official")
    if wanted in rules.BY_RECEIVER:
        _check_receiver(session, report, official)
    done = ReportMove.now(
        wanted, subject_id=report.id, client_id=who.client_id, official=official, reason=given["reason"], data=data
    )
    session.add(done)
    session.flush()
    for reminder in telling.of_move(report, done):
        remind(session, reminder)


def chase(session: Session) -> int:
    """Remind the authors of some reports whose time for it has come; how many there were."""
    due = (
        select(SituationReport)
        .where(SituationReport.chase_at <= clock.now())
        .order_by(SituationReport.chase_at, SituationReport.id)
        .limit(CHASED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(due).all()
    periods = {each.period: each.as_rule() for each in session.scalars(select(ReportDeadline))}
    today = clock.today()
    for report in found:
        remind(session, telling.chasing(report, today))
        report.chase_at = rules.next_chase(report.due_on, today, periods[report.period])
    session.flush()
    return len(found)


def check_sections(session: Session, texts: dict[str, str]) -> None:
    """Raises BadInput naming `sections` for one that there is not."""
    there = set(session.scalars(select(Section.code).where(Section.active)))
    if unknown := sorted(set(texts) - there):
        raise BadInput(f"There is no section {', '.join(unknown)}; see /report-sections.", field="sections")


def _submit(session: Session, report: SituationReport) -> dict[str, Any]:
    needed = [each.code for each in sections(session) if each.active]
    if missing := rules.missing(report.sections, needed):
        errors = {f"sections.{code}": ["Nothing is written here."] for code in missing}
        raise BadInput("Write every section; where there is nothing to report, say so.", errors=errors)
    report.figures = figures(session, _scope(report))
    report.receivers, report.vacant = receivers_of(session, report)
    record_activity(
        session, report.official_id, report.unit_id, report.unit_path, "report", clock.today(), report.id
    )
    return {"sections": report.sections, "figures": report.figures}


def _check_receiver(session: Session, report: SituationReport, official: Any) -> None:
    """A report is judged by one who received it, or who would receive it today; never by its author."""
    if official is None:
        raise BadInput("Say which official decides.", field="official")
    receivers = {each["official_id"] for each in report.receivers}
    if str(official.id) not in receivers:
        receivers = {each["official_id"] for each in receivers_of(session, report)[0]}
    if official.id == report.official_id or (receivers and str(official.id) not in receivers):
        raise BadInput("This report was not submitted to this official.", field="official")


def _insert(session: Session, report: SituationReport) -> None:
    """Write it, unless the same was opened before: then Conflict says which."""
    mapped = {column.key: getattr(report, column.key) for column in SituationReport.__mapper__.column_attrs}
    new = insert(SituationReport).values(mapped).on_conflict_do_nothing().returning(SituationReport.id)
    if session.scalar(new) is not None:
        return
    key = ("official_id", "unit_id", "period", "first_day")
    same = [getattr(SituationReport, name) == getattr(report, name) for name in key]
    same.append(SituationReport.hamlet_id.is_not_distinct_from(report.hamlet_id))
    earlier = session.scalar(select(SituationReport.id).where(*same))
    raise Conflict("This official has a report of this place and period already.", report_id=earlier)


def _scope(report: SituationReport) -> Scope:
    return Scope(report.unit_path, report.hamlet_id, report.official_id, report.first_day, report.last_day)
