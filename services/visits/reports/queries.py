"""Reading reports, the rows that rule them, and who receives them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.visits.followings.queries import holders
from services.visits.reports import rules
from services.visits.reports.model import Receiver, ReportDeadline, ReportMove, Section, SituationReport
from services.visits.units.queries import paths_of
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_EQUAL = ("state", "period")


def sections(session: Session) -> Sequence[Section]:
    """The sections in the order they are shown."""
    return session.scalars(select(Section).order_by(Section.position, Section.code)).all()


def deadlines(session: Session) -> Sequence[ReportDeadline]:
    """When the reports of each period are due."""
    return session.scalars(select(ReportDeadline).order_by(ReportDeadline.period)).all()


def deadline_of(session: Session, period: str) -> ReportDeadline:
    """When the reports of a period are due; the migration made a row for each."""
    return session.scalars(select(ReportDeadline).where(ReportDeadline.period == period)).one()


def receiving_posts(session: Session) -> Sequence[Receiver]:
    """The posts that receive reports: the first that is not vacant does."""
    return session.scalars(select(Receiver).order_by(Receiver.position)).all()


def one(session: Session, report_id: UUID, who: Principal, *, locked: bool = False) -> SituationReport:
    """A report inside the territory; raises NotFound."""
    statement = select(SituationReport).where(SituationReport.id == report_id)
    found = session.scalars(statement.with_for_update() if locked else statement).one_or_none()
    if found is None or not who.covers(found.unit_path):
        raise NotFound()
    return found


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of reports, those of the latest period first; `filters` is what ReportFilters loads."""
    statement = select(SituationReport).where(territory_filter(SituationReport.unit_path, who))
    wanted = [getattr(SituationReport, name) == filters[name] for name in _EQUAL if name in filters]
    if "official" in filters:
        wanted.append(SituationReport.official_id == filters["official"])
    if "unit" in filters:
        inside = [
            SituationReport.unit_path.startswith(p, autoescape=True) for p in paths_of(session, filters["unit"])
        ]
        wanted.append(or_(*inside))
    if filters["overdue"]:
        wanted += [SituationReport.due_on < clock.today(), SituationReport.state.in_(rules.WRITABLE)]
    if "receiver" in filters:
        wanted.append(SituationReport.receivers.contains([{"official_id": str(filters["receiver"])}]))
    keys = (SituationReport.first_day, SituationReport.id)
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, statement.where(*wanted), *keys, descending=True, **paging)
    return found | {"items": [listed(report) for report in found["items"]]}


def receivers_of(session: Session, report: SituationReport) -> tuple[list[dict[str, Any]], list[str]]:
    """Who receives a report today: the holders, apart from its author, of the first post that has any; and the
    posts before it, which nobody holds."""
    vacant: list[str] = []
    for post in [each.post for each in receiving_posts(session)]:
        found = holders(session, report.unit_path, clock.today(), posts=[post])
        people = {
            each.official_id: {
                "official_id": str(each.official_id),
                "full_name": each.full_name,
                "post": each.post,
                "post_name_vi": each.post_name_vi,
                "post_name_en": each.post_name_en,
            }
            for each in found
            if each.official_id != report.official_id
        }
        if people:
            return list(people.values()), vacant
        vacant.append(post)
    return [], vacant


def listed(report: SituationReport) -> dict[str, Any]:
    """A report in a list."""
    same = (
        "id", "version", "state", "period", "first_day", "last_day", "due_on", "receivers", "vacant",
        "created_at", "created_by", "submitted_at",
    )  # fmt: skip
    unit = {name: getattr(report, f"unit_{name}") for name in ("id", "code", "name", "path")}
    return {
        **{name: getattr(report, name) for name in same},
        "overdue": report.state in rules.WRITABLE and report.due_on < clock.today(),
        "official": {"id": report.official_id, "full_name": report.official_name},
        "unit": unit,
        "hamlet": {"id": report.hamlet_id, "name": report.hamlet_name} if report.hamlet_id else None,
    }


def detailed(session: Session, report: SituationReport) -> dict[str, Any]:
    """A report in full, with what was done to it, oldest first."""
    moves = select(ReportMove).where(ReportMove.subject_id == report.id).order_by(ReportMove.at, ReportMove.id)
    history = [
        {
            "at": each.at,
            "move": each.move,
            "client_id": each.client_id,
            "official": {"id": each.official_id, "full_name": each.official_name} if each.official_id else None,
            "reason": each.reason,
        }
        for each in session.scalars(moves)
    ]
    return listed(report) | {"sections": report.sections, "figures": report.figures, "history": history}
