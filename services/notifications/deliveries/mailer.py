"""From claimed rows to mail: letters rendered once per notice and language, kept for the next chunk; one mail for
all that goes together."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.deliveries.matters import Matters
from services.notifications.deliveries.parcel import Matter, Parcel
from services.notifications.deliveries.rules import check_address
from services.notifications.deliveries.smtp import Outgoing
from services.notifications.grouping.compose import Links, Listed, grouped_mail
from services.notifications.grouping.rules import message_id
from services.notifications.grouping.tokens import GroupTokens, Purpose
from services.notifications.notices.compose import Addressee, Letter, Sender
from services.notifications.notices.rules import Kind, language_of
from services.notifications.notices.wording import Wording
from services.notifications.notifications.rules import Channel
from services.notifications.templates.rules import Event, Key
from services.notifications.templates.shelf import Shelf
from shared import clock


class Mailer:
    """Composes the mail of notifications."""

    def __init__(
        self, sender: Sender, tokens: Tokens, group_tokens: GroupTokens, public_url: str, shelf: Shelf | None = None
    ) -> None:
        self._sender = sender
        self._shelf = shelf or Shelf()
        self._tokens = tokens
        self._group_tokens = group_tokens
        self._page = f"{public_url}/xac-nhan/"
        self._all_page = f"{public_url}/xac-nhan-tat-ca/"
        self._unsubscribe_page = f"{public_url}/huy-nhan/"
        self._matters = Matters()

    def parcels(self, rows: Sequence[Row[Any]]) -> list[Parcel]:
        """One mail a row, and one a bundle."""
        together: dict[UUID, list[tuple[Any, Matter]]] = defaultdict(list)
        for row, matter in zip(rows, self._matters.of(rows), strict=True):
            together[row.bundle or row.id].append((row, matter))
        return [Parcel(*zip(*each, strict=True)) for each in together.values()]

    def compose(self, parcel: Parcel) -> Outgoing:
        """The mail of a parcel, which has an address. Raises PermanentFailure if that is malformed."""
        address = check_address(parcel.first.email)
        if len(parcel.rows) == 1 and not parcel.first.optional:
            mail_id, content = parcel.first.id, self._single(parcel, address)
        else:
            mail_id, content = message_id([row.id for row in parcel.rows]), self._grouped(parcel, address)
        return Outgoing(parcel, address, content, f"<{mail_id}@{self._sender.domain}>")

    def _single(self, parcel: Parcel, address: str) -> bytes:
        row = parcel.first
        (matter,) = parcel.matters
        language, kind = language_of(row.language), Kind(matter.notice.kind)
        addressee = Addressee(
            notification_id=row.id,
            full_name=row.full_name,
            address=address,
            reasons=row.reasons,
            link=self._page + self._tokens.issue(row.id),
        )

        def say(wording: Wording | None) -> bytes:
            made: tuple[Wording | None, Letter] | None = matter.made.get(language)
            if made is None or made[0] is not wording:
                made = wording, Letter(matter.notice.facts, language, self._sender, kind, wording)
                matter.made[language] = made
            return made[1].addressed(addressee, clock.now())

        return self._shelf.say(Key(Event(kind), Channel.EMAIL, language), say)

    def _grouped(self, parcel: Parcel, address: str) -> bytes:
        row, issue = parcel.first, self._group_tokens.issue
        listed = [
            Listed(
                id=each.id,
                kind=matter.notice.kind,
                facts=matter.notice.facts,
                reasons=each.reasons,
                link=self._page + self._tokens.issue(each.id),
            )
            for each, matter in zip(parcel.rows, parcel.matters, strict=True)
        ]
        language, unsubscribe = language_of(row.language), None
        if all(each.optional for each in parcel.rows):
            unsubscribe = self._unsubscribe_page + issue(Purpose.UNSUBSCRIBE, row.official_id)
        links = Links(self._all_page + issue(Purpose.ACKNOWLEDGE_ALL, row.bundle), unsubscribe)

        def say(wording: Wording | None) -> bytes:
            return grouped_mail(
                listed,
                full_name=row.full_name,
                address=address,
                language=language,
                links=links,
                sender=self._sender,
                date=clock.now(),
                wording=wording,
            )

        return self._shelf.say(Key(Event.GROUP, Channel.EMAIL, language), say)
