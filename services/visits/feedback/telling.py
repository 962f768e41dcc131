"""What officials are told about feedback, in Vietnamese and English; of what is restricted, not the text. Pure."""

from datetime import date
from uuid import UUID

from services.visits.feedback.model import Feedback
from services.visits.feedback.rules import WAITING_FOR_COMMUNE
from services.visits.reminders.rules import Reminder

People = list[tuple[UUID, str]]

_HIDDEN = ("Nội dung hạn chế người xem; hãy mở hệ thống để đọc.", "Its text is restricted; read it in the system.")


def giving(feedback: Feedback, subject: UUID, today: date, speakers: People) -> Reminder:
    """A commune is given feedback."""
    vi, en = _words(feedback)
    return Reminder(
        "feedback_given", subject, today, [*speakers, *_readers(feedback)], feedback.unit_path,
        f"Góp ý mới cho {feedback.unit_name}", f"New feedback for {feedback.unit_name}",
        f"{feedback.official_name}: {vi}\n{_due(feedback)[0]}",
        f"{feedback.official_name}: {en}\n{_due(feedback)[1]}",
    )  # fmt: skip


def answering(feedback: Feedback, subject: UUID, today: date) -> Reminder:
    """Who gave feedback has an answer."""
    vi, en = _words(feedback)
    said = f"\n{feedback.answered_by}: {feedback.answer}" if not feedback.restricted else ""
    return Reminder(
        "feedback_answered", subject, today, _author(feedback), feedback.unit_path,
        f"Đã có phản hồi về góp ý: {feedback.unit_name}", f"Feedback answered: {feedback.unit_name}",
        f"{vi}{said}", f"{en}{said}",
    )  # fmt: skip


def withdrawing(feedback: Feedback, subject: UUID, today: date, speakers: People) -> Reminder:
    """A commune need not answer feedback any more."""
    vi, en = _words(feedback)
    return Reminder(
        "feedback_withdrawn", subject, today, [*speakers, *_readers(feedback)], feedback.unit_path,
        f"Góp ý cho {feedback.unit_name} được rút lại", f"Feedback for {feedback.unit_name} taken back",
        f"{feedback.official_name}: {vi}", f"{feedback.official_name}: {en}",
    )  # fmt: skip


def chasing(feedback: Feedback, today: date, speakers: People) -> Reminder:
    """Feedback is to be followed up soon, or is overdue: whose turn it is, and who gave it, are told."""
    overdue = today > feedback.follow_on
    vi, en = _words(feedback)
    turn = [*speakers, *_readers(feedback)] if feedback.state in WAITING_FOR_COMMUNE else []
    return Reminder(
        "feedback_overdue" if overdue else "feedback_due",
        feedback.id, today, [*_author(feedback), *turn], feedback.unit_path,
        f"Góp ý {'quá hạn' if overdue else 'sắp đến hạn'}: {feedback.unit_name}",
        f"Feedback {'overdue' if overdue else 'due soon'}: {feedback.unit_name}",
        f"{feedback.official_name}: {vi}\n{_due(feedback)[0]}",
        f"{feedback.official_name}: {en}\n{_due(feedback)[1]}",
    )  # fmt: skip


def _words(feedback: Feedback) -> tuple[str, str]:
    words = feedback.action or feedback.text
    return _HIDDEN if feedback.restricted else (words, words)


def _due(feedback: Feedback) -> tuple[str, str]:
    day = f"{feedback.follow_on:%d/%m/%Y}"
    return f"Thời hạn: {day}.", f"By {day}."


def _author(feedback: Feedback) -> People:
    return [(feedback.official_id, feedback.official_name)]


def _readers(feedback: Feedback) -> People:
    return [(UUID(each["id"]), each["full_name"]) for each in feedback.readers]
