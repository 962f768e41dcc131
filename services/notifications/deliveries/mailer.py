"""From claimed rows to mail: letters rendered once per notice and language, kept for the next chunk."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.deliveries.rules import check_address
from services.notifications.deliveries.smtp import Outgoing
from services.notifications.notices.compose import Addressee, Letter, Sender
from services.notifications.notices.model import Notice
from services.notifications.notices.rules import language_of
from shared import clock

_KEPT = 256  # notices; about 20 kB each


@dataclass(slots=True)
class _Kept:
    notice: Notice
    letters: dict[str, Letter]


class Mailer:
    """Composes the mail of notifications."""

    def __init__(self, sender: Sender, tokens: Tokens, public_url: str) -> None:
        self._sender = sender
        self._tokens = tokens
        self._page = f"{public_url}/xac-nhan/"
        self._kept: OrderedDict[UUID, _Kept] = OrderedDict()

    def fetch(self, session: Session, rows: Sequence[Row[Any]]) -> None:
        """Load the notices of these rows that are not at hand, in one statement."""
        wanted = {row.escalation_id for row in rows}
        missing = wanted - self._kept.keys()
        if missing:
            for notice in session.scalars(select(Notice).where(Notice.escalation_id.in_(missing))):
                session.expunge(notice)
                self._kept[notice.escalation_id] = _Kept(notice, {})
        for escalation_id in wanted & self._kept.keys():
            self._kept.move_to_end(escalation_id)
        while len(self._kept) > max(_KEPT, len(wanted)):
            self._kept.popitem(last=False)

    def notice(self, row: Row[Any]) -> Notice:
        """The notice of a fetched row."""
        return self._kept[row.escalation_id].notice

    def compose(self, row: Row[Any]) -> Outgoing:
        """The mail of a fetched row, which has an address. Raises PermanentFailure if that is malformed."""
        address = check_address(row.email)
        kept = self._kept[row.escalation_id]
        language = language_of(row.language)
        letter = kept.letters.get(language)
        if letter is None:
            letter = kept.letters[language] = Letter(kept.notice.payload, language, self._sender)
        addressee = Addressee(
            notification_id=row.id,
            full_name=row.full_name,
            address=address,
            reasons=row.reasons,
            link=self._page + self._tokens.issue(row.id),
        )
        return Outgoing(row, address, letter.addressed(addressee, clock.now()))
