"""What officials are told about reports, in Vietnamese and English. Pure."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from services.visits.reminders.rules import Reminder
from services.visits.reports.model import ReportMove, SituationReport
from services.visits.reports.rules import Move
from shared import clock

_PERIODS = {"week": ("tuần", "week"), "month": ("tháng", "month")}


def of_move(report: SituationReport, done: ReportMove) -> Iterator[Reminder]:
    """Who is told of a move: the receivers of a submission, the author of a decision."""
    vi, en = _about(report)
    author = [(report.official_id, report.official_name)]
    by = done.official_name or ""
    reason = done.reason or ""
    day = clock.local_date(done.at)
    if done.move == Move.SUBMIT:
        receivers = [(UUID(each["official_id"]), each["full_name"]) for each in report.receivers]
        yield Reminder(
            "report_submitted", done.id, day, receivers, report.unit_path,
            f"Báo cáo mới: {vi}", f"New report: {en}",
            f"{report.official_name} đã gửi {vi}.", f"{report.official_name} has submitted the {en}.",
        )  # fmt: skip
    elif done.move == Move.RETURN:
        yield Reminder(
            "report_returned", done.id, day, author, report.unit_path,
            f"Báo cáo được trả lại: {vi}", f"Report returned: {en}",
            f"{by} trả lại {vi}.\nLý do: {reason}", f"{by} has returned the {en}.\nWhy: {reason}",
        )  # fmt: skip
    elif done.move == Move.ACCEPT:
        yield Reminder(
            "report_accepted", done.id, day, author, report.unit_path,
            f"Báo cáo đã được tiếp nhận: {vi}", f"Report accepted: {en}",
            f"{by} đã tiếp nhận {vi}.", f"{by} has accepted the {en}.",
        )  # fmt: skip


def chasing(report: SituationReport, today: date) -> Reminder:
    """The author owes a report: it is due soon, or overdue."""
    vi, en = _about(report)
    overdue = today > report.due_on
    due = f"{report.due_on:%d/%m/%Y}"
    kind = "report_overdue" if overdue else "report_due"
    return Reminder(
        kind, report.id, today, [(report.official_id, report.official_name)], report.unit_path,
        f"{'Quá hạn' if overdue else 'Sắp đến hạn'}: {vi}", f"{'Overdue' if overdue else 'Due soon'}: {en}",
        f"Hạn gửi {vi} là {due}.", f"The {en} {'was' if overdue else 'is'} due on {due}.",
    )  # fmt: skip


def _about(report: SituationReport) -> tuple[str, str]:
    vi, en = _PERIODS[report.period]
    days = f"{report.first_day:%d/%m/%Y} - {report.last_day:%d/%m/%Y}"
    return (
        f"báo cáo {vi} ({days}) về {report.place_name}",
        f"report of the {en} ({days}) on {report.place_name}",
    )
