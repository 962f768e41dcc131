"""What officials are told of deadlines, near and missed: reminders, each once a day."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from services.visits.deadlines.rules import Target
from services.visits.followings.queries import holders, people
from services.visits.issues.model import Issue
from services.visits.ladder.rules import local_time
from services.visits.reminders.actions import remind
from services.visits.reminders.rules import Reminder
from shared import clock


class _What(NamedTuple):
    vi: str
    en: str


_NEAR = {
    Target.FIRST_RESPONSE: _What("Sắp đến hạn phản hồi lần đầu", "A first response is due soon"),
    Target.ACCEPTANCE: _What("Sắp đến hạn tiếp nhận", "Acceptance is due soon"),
    Target.RESOLUTION: _What("Sắp đến hạn giải quyết", "Settlement is due soon"),
}
_MISSED = {
    Target.FIRST_RESPONSE: _What("Quá hạn phản hồi lần đầu", "A first response is overdue"),
    Target.ACCEPTANCE: _What("Quá hạn tiếp nhận", "Acceptance is overdue"),
    Target.RESOLUTION: _What("Quá hạn giải quyết", "Settlement is overdue"),
    Target.STEP: _What("Chưa có ai xác nhận", "Nobody has acknowledged yet"),
    Target.RENOTIFY: _What("Đã xác nhận nhưng chưa có việc gì tiếp theo", "Acknowledged, yet nothing followed"),
}


class Followers:
    """Who follows a place today, asked once for many issues of it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, list[tuple[UUID | None, tuple[UUID, str]]]] = {}

    def of(self, issue: Issue) -> list[tuple[UUID, str]]:
        """Those who follow the issue's commune, and its hamlet if it names one."""
        if issue.unit_path not in self._known:
            found = holders(self._session, issue.unit_path, clock.today())
            self._known[issue.unit_path] = [(each.hamlet_id, people([each])[0]) for each in found]
        known = self._known[issue.unit_path]
        return [person for hamlet_id, person in known if hamlet_id in (None, issue.hamlet_id)]


def tell_near(
    session: Session, issue: Issue, target: str, due_at: datetime, told: Sequence[tuple[UUID, str]]
) -> None:
    """A deadline is near."""
    _tell(session, issue, f"deadline_{target}_near", _NEAR[Target(target)], due_at, told)


def tell_missed(
    session: Session, issue: Issue, target: str, due_at: datetime, told: Sequence[tuple[UUID, str]]
) -> None:
    """A deadline was missed, or the last step does not answer."""
    _tell(session, issue, f"deadline_{target}_missed", _MISSED[Target(target)], due_at, told)


def _tell(
    session: Session, issue: Issue, kind: str, what: _What, due_at: datetime, told: Sequence[tuple[UUID, str]]
) -> None:
    hidden = getattr(issue, "sensitivity", "normal") != "normal"
    title_vi, title_en = ("", "") if hidden else (f": {issue.title}", f": {issue.title}")
    at = local_time(due_at)
    reminder = Reminder(
        kind=kind,
        subject_id=issue.id,
        day=clock.today(),
        recipients=told,
        unit_path=issue.unit_path,
        title_vi=f"{what.vi}: {issue.code}",
        title_en=f"{what.en}: {issue.code}",
        body_vi=f"{issue.unit_name}{title_vi}\nThời hạn: {at}.",
        body_en=f"{issue.unit_name}{title_en}\nDue: {at.replace(' ngày ', ', ')}.",
        issue_id=issue.id,
        issue_code=issue.code,
    )
    remind(session, reminder)
