"""What one official was told of one escalation (or one reminder): over several channels, and again when it was
handed over to them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.notifications.acknowledgements.rules import Answer, Standing
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import ASKING
from services.notifications.notifications.model import Notification
from shared.errors import NotFound


@dataclass
class Matter:
    """The notification asked for with its notice, and all rows of the same official about the same."""

    asked: Notification
    notice: Notice
    rows: Sequence[Notification]

    @property
    def subject(self) -> UUID:
        """The escalation, or the reminder."""
        return self.notice.about_id or self.notice.id

    @property
    def version(self) -> int:
        """Of what this official has said: grows with each thing said, whatever row it was said by."""
        return max(row.version for row in self.rows)

    def standing(self, to: UUID | None = None) -> Standing:
        """Where the official stands; `to`: whom they handed it over to last."""
        answer = Answer(self.asked.answer) if self.asked.answer else None
        return Standing(self.asked.acknowledged_at is not None, answer, to)

    @property
    def standing_rows(self) -> list[Notification]:
        """Those that the official has acknowledged."""
        return [row for row in self.rows if row.acknowledged_at is not None]

    def acknowledge(self, at: datetime, by: str, answer: Answer | None = None) -> None:
        """The official has seen it, and may have it in hand. The first time counts."""
        version = self.version + 1
        for row in self.rows:
            row.acknowledge(row.acknowledged_at or at, row.acknowledged_by or by, answer, version)

    def spared(self, at: datetime) -> list[UUID]:
        """The messages that are still held back, and need not ask for what is acknowledged."""
        return [row.id for row in self.rows if row.can_be_spared(at)] if self.notice.kind in ASKING else []

    def let_go(self, answer: Answer) -> None:
        """The official does not have it in hand: what was acknowledged is so no more."""
        version = self.version + 1
        for row in self.rows:
            row.let_go(answer, version)


def matters(session: Session, ids: Sequence[UUID]) -> list[Matter]:
    """The matter of each notification, in order, with its rows locked; three statements for any number.
    Raises NotFound naming `notifications.N`."""
    asked = dict(
        session.execute(select(Notification.id, Notification.notice_id).where(Notification.id.in_(ids))).all()
    )
    for place, each in enumerate(ids):
        if each not in asked:
            raise NotFound(field=f"notifications.{place}")
    about = select(Notice).where(Notice.id.in_(set(asked.values())))
    notices = {each.id: each for each in session.scalars(about)}
    subjects = {each.about_id or each.id for each in notices.values()}
    same = select(Notice.id, Notice.about_id).where(or_(Notice.id.in_(subjects), Notice.about_id.in_(subjects)))
    subject_of = {row.id: row.about_id or row.id for row in session.execute(same)}
    groups = _locked(session, subject_of, ids)
    found = []
    for each in ids:
        rows, row = groups[each]
        found.append(Matter(row, notices[row.notice_id], rows))
    return found


def _locked(
    session: Session, subject_of: dict[UUID, UUID], ids: Sequence[UUID]
) -> dict[UUID, tuple[list[Notification], Notification]]:
    """By notification asked for: the rows of the same official about the same, and the row itself."""
    officials = select(Notification.official_id).where(Notification.id.in_(ids))
    statement = (
        select(Notification)
        .where(Notification.notice_id.in_(subject_of), Notification.official_id.in_(officials))
        # One order for everybody, so that two who acknowledge at once wait for each other and do not deadlock.
        .order_by(Notification.notice_id, Notification.official_id, Notification.channel)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    by_person: dict[tuple[UUID, UUID], list[Notification]] = defaultdict(list)
    wanted = set(ids)
    asked = {}
    for row in session.scalars(statement):
        by_person[subject_of[row.notice_id], row.official_id].append(row)
        if row.id in wanted:
            asked[row.id] = row
    return {each: (by_person[subject_of[row.notice_id], row.official_id], row) for each, row in asked.items()}
