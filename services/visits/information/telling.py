"""What officials are told about information requests, in Vietnamese and English. Pure."""

from datetime import date
from uuid import UUID

from services.visits.information.model import InformationRequest
from services.visits.reminders.rules import Reminder

People = list[tuple[UUID, str]]


def asking(asked: InformationRequest, subject: UUID, today: date, speakers: People) -> Reminder:
    """A commune is asked for information."""
    due = f"{asked.due_on:%d/%m/%Y}"
    return Reminder(
        "information_requested", subject, today, speakers, asked.unit_path,
        f"Yêu cầu cung cấp thông tin: {asked.unit_name}", f"Information requested: {asked.unit_name}",
        f"{asked.question}\nHạn trả lời: {due}.", f"{asked.question}\nAnswer by {due}.",
    )  # fmt: skip


def answering(asked: InformationRequest, subject: UUID, today: date) -> Reminder:
    """The official who asked has an answer."""
    return Reminder(
        "information_answered", subject, today, _asker(asked), asked.unit_path,
        f"Đã trả lời yêu cầu thông tin: {asked.unit_name}", f"Information answered: {asked.unit_name}",
        f"{asked.question}\n{asked.answered_by} trả lời: {asked.answer}",
        f"{asked.question}\n{asked.answered_by} answers: {asked.answer}",
    )  # fmt: skip


def chasing(asked: InformationRequest, today: date, speakers: People) -> Reminder:
    """An answer is due soon, or overdue: those who speak for the commune are told, and who asked."""
    overdue = today > asked.due_on
    due = f"{asked.due_on:%d/%m/%Y}"
    return Reminder(
        "information_overdue" if overdue else "information_due",
        asked.id, today, [*speakers, *_asker(asked)], asked.unit_path,
        f"{'Quá hạn' if overdue else 'Sắp đến hạn'} trả lời yêu cầu thông tin: {asked.unit_name}",
        f"{'Overdue' if overdue else 'Due soon'}: information from {asked.unit_name}",
        f"{asked.question}\nHạn trả lời: {due}.", f"{asked.question}\nAnswer by {due}.",
    )  # fmt: skip


def _asker(asked: InformationRequest) -> People:
    return [(asked.official_id, asked.official_name or "")] if asked.official_id else []
