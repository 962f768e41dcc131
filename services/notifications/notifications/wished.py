"""Notifications of those who are not simply told at once by e-mail and in the inbox: who wish something else, whom
a rule names a third channel for, and whom a storm would bury."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.notices.rules import Kind, detail_of, place_of, step_of
from services.notifications.notifications.rules import CALLING, Channel
from services.notifications.preferences.queries import rules_of, settings
from services.notifications.preferences.rules import ANY, Importance, Rule, Wishes, bundle_id, read_wishes, ways
from shared.database import dumps
from shared.ids import uuid7
from shared.messaging.wake import wake
from shared.prepared import Prepared

# How much e-mail each official got of late about each place, and when what is gathered of it is due.
_BEFORE = Prepared(
    """
    SELECT official_id, place, so_far.*
    FROM json_to_recordset(CAST(:pairs AS json)) AS pair (official_id uuid, place text)
    CROSS JOIN LATERAL (
        SELECT count(*) AS count, min(sent.due_at) FILTER (
            WHERE sent.bundle IS NOT NULL AND sent.due_at > :now AND sent.due_at <= :closes) AS opened
        FROM notices JOIN notifications AS sent ON sent.notice_id = notices.id
            AND sent.official_id = pair.official_id AND sent.channel = 'email'
        WHERE notices.unit_path = pair.place AND notices.kind || '' = :kind
            AND notices.created_at > :since) AS so_far
    """
)
_INSERT = Prepared(
    """
    WITH told AS MATERIALIZED (
        SELECT * FROM json_to_recordset(CAST(:people AS json))
            AS row (number int, notice_id uuid, official_id uuid, full_name text, reasons json)),
    new AS (
        INSERT INTO notifications (id, notice_id, official_id, channel, full_name, reasons, created_at,
                                   state, due_at, sent_at, bundle, optional)
        SELECT way.id, told.notice_id, told.official_id, way.channel, told.full_name, told.reasons,
               CAST(:now AS timestamptz), CASE WHEN way.due_at IS NULL THEN 'sent' ELSE 'pending' END, way.due_at,
               CASE WHEN way.due_at IS NULL THEN CAST(:now AS timestamptz) END, way.bundle, way.optional
        FROM json_to_recordset(CAST(:ways AS json))
            AS way (number int, id uuid, channel text, due_at timestamptz, bundle uuid, optional boolean)
            JOIN told USING (number)
        ON CONFLICT DO NOTHING RETURNING channel)
    INSERT INTO delivery_counts AS known (channel, outcome, total)
    SELECT channel, 'sent', count(*) FROM new WHERE channel = 'inapp' GROUP BY channel
    ON CONFLICT (channel, outcome) DO UPDATE SET total = known.total + excluded.total
    """
)
_NONE = Wishes({})


class Person(NamedTuple):
    """Somebody to be told of a notice, with what decides how."""

    row: dict[str, Any]
    wishes: str | None
    busy: bool
    detail: str
    step: int
    place: str

    @classmethod
    def of(cls, kind: Kind, row: dict[str, Any], found: Any, facts: Mapping[UUID, dict[str, Any]]) -> "Person":
        """Of a row that `notify` did not write."""
        said = facts[row["notice_id"]]
        return cls(row, found.wishes, found.busy, detail_of(kind, said), step_of(said), place_of(kind, said))


def write_as_wished(session: Session, kind: Kind, people: Sequence[Person], now: datetime) -> None:
    """Write their notifications, in a number of statements that does not depend on how many they are."""
    rules, set_up = rules_of(session, kind), settings(session)
    storms = _storms(session, kind, people, set_up, now)
    made = [
        {"number": number, "id": uuid7()} | way._asdict()
        for number, person in enumerate(people)
        for way in ways(
            read_wishes(person.wishes) if person.wishes else _NONE,
            rules.get(person.detail) or rules.get(ANY) or Rule(),
            official=person.row["official_id"],
            step=person.step,
            now=now,
            zone=set_up.zone,
            storm=storms.get(number),
        )
    ]
    if made:
        told = [{"number": number} | person.row for number, person in enumerate(people)]
        _INSERT.run(session, {"people": dumps(told), "ways": dumps(made), "now": now})
    if any(way["channel"] not in (Channel.EMAIL, Channel.INAPP) for way in made):
        wake(session, CALLING)


def _storms(
    session: Session, kind: Kind, people: Sequence[Person], set_up: Any, now: datetime
) -> dict[int, tuple[datetime, UUID]]:
    """When, and with what, those whom a storm would bury are to be told; by their number."""
    busy = [(number, person) for number, person in enumerate(people) if person.busy]
    if not busy:
        return {}
    closes = now + timedelta(seconds=set_up.storm_gather)
    pairs = {(person.row["official_id"], person.place) for _, person in busy}
    before = _BEFORE.named(
        session,
        {
            "pairs": dumps([{"official_id": official, "place": place} for official, place in pairs]),
            "kind": kind,
            "now": now,
            "closes": closes,
            "since": now - timedelta(seconds=set_up.storm_within),
        },
    )
    count = Counter({(row.official_id, row.place): row.count for row in before})
    due = {(row.official_id, row.place): row.opened or closes for row in before}
    return dict(_gathered(busy, count, due, set_up.storm_from))


def _gathered(
    busy: Sequence[tuple[int, Person]],
    count: Counter[tuple[UUID, str]],
    due: Mapping[tuple[UUID, str], datetime],
    storm_from: int,
) -> Iterator[tuple[int, tuple[datetime, UUID]]]:
    """Those from the n-th on; what is critical goes first."""
    for number, person in sorted(busy, key=lambda each: each[1].detail != Importance.CRITICAL):
        pair = person.row["official_id"], person.place
        count[pair] += 1
        if count[pair] >= storm_from:
            yield number, (due[pair], bundle_id(pair[0], due[pair], person.place))
