"""What officials are told about visits, in Vietnamese and English. Pure."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from services.visits.reminders.rules import Reminder
from services.visits.visits.model import Visit, VisitOfficial
from shared.clock import LOCAL


def missed(visit: Visit, people: Iterable[VisitOfficial], today: date) -> Reminder:
    """A visit's time has passed and nobody said that it took place."""
    when = f"{visit.starts_at.astimezone(LOCAL):%H:%M %d/%m/%Y}"
    return Reminder(
        "visit_missed", visit.id, today, _told(people), visit.unit_path,
        f"Chưa thực hiện chuyến đi cơ sở: {visit.unit_name}", f"Visit missed: {visit.unit_name}",
        f"{visit.subject}\nLịch đã định: {when}. Nếu đã đi, hãy ghi nhận; nếu chưa, hãy dời lịch.",
        f"{visit.subject}\nPlanned for {when}. If it took place, record it; if not, reschedule it.",
    )  # fmt: skip


def unclosed(visit: Visit, people: Iterable[VisitOfficial], today: date) -> Reminder:
    """A visit took place, and there is neither feedback nor a reason for none."""
    when = f"{visit.starts_at.astimezone(LOCAL):%d/%m/%Y}"
    return Reminder(
        "visit_unclosed", visit.id, today, _told(people), visit.unit_path,
        f"Chuyến đi chưa có góp ý: {visit.unit_name}", f"No feedback yet from a visit: {visit.unit_name}",
        f"{visit.subject}\nĐã đi ngày {when}. Hãy góp ý, hoặc nêu lý do không có.",
        f"{visit.subject}\nIt took place on {when}. Give feedback, or say why there is none.",
    )  # fmt: skip


def _told(people: Iterable[VisitOfficial]) -> list[tuple[UUID, str]]:
    return [(each.official_id, each.full_name) for each in people]
