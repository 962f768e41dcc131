"""Write down who is to be told."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.notices.actions import NOTICES, Told, notices_of
from services.notifications.notices.rules import Kind, id_of, is_quiet, place_of
from services.notifications.notifications.rules import CALLING, SENDING
from services.notifications.notifications.wished import Person, write_as_wished
from shared import clock
from shared.database import dumps
from shared.ids import uuid7
from shared.messaging.events import Event
from shared.messaging.inbox import admitting
from shared.messaging.wake import wake
from shared.prepared import Prepared

# All bulk statements take their rows as one JSON text: arrays of values cost the driver five times as much.
# A person is told once per notice and channel: the unique index refuses the second row, whatever brought it.
#
# Most wish nothing and are told of a place from which little comes: they are written here. Given back are those who
# wish something (`wishes`), those told of a place from which so many notices came of late that it may be a storm
# (`busy`), and all, where a rule names a third channel. The kind is compared so that no index serves it: the one of
# the place is the better one.
#
# A lone event whose people are all told plainly is done at once: the mark that it was seen, its notice and their
# notifications are one statement. If one of them is not, nothing is written.
_JUDGED = """
    told AS MATERIALIZED (
        SELECT * FROM json_to_recordset(CAST(:rows AS json))
            AS row (email_id uuid, inapp_id uuid, notice_id uuid, official_id uuid, full_name text,
                    reasons json, quiet boolean)),
    busy AS MATERIALIZED (
        SELECT said.notice_id FROM json_to_recordset(CAST(:places AS json)) AS said (notice_id uuid, place text)
            CROSS JOIN telling_settings AS settings
        WHERE storm_from <= {unwritten} + (
            SELECT count(*) FROM (
                SELECT FROM notices WHERE unit_path = said.place AND kind || '' = :kind
                    AND created_at > CAST(:now AS timestamptz) - make_interval(secs => settings.storm_within)
                LIMIT settings.storm_from) AS few)),
    judged AS MATERIALIZED (
        SELECT told.*, preferences.wishes, told.notice_id IN (SELECT notice_id FROM busy) AS busy
        FROM told LEFT JOIN preferences ON preferences.official_id = told.official_id),
    plain AS MATERIALIZED (
        SELECT * FROM judged WHERE NOT busy AND wishes IS NULL AND NOT EXISTS (
            SELECT FROM telling_rules WHERE kind = :kind AND NOT floor <@ '["email", "inapp"]'))"""
_NEW = """
    new AS (
        INSERT INTO notifications (id, notice_id, official_id, channel, full_name, reasons, created_at,
                                   state, due_at, sent_at)
        SELECT email_id, notice_id, official_id, 'email', full_name, reasons, CAST(:now AS timestamptz),
               'pending', CAST(:now AS timestamptz), NULL FROM {whom} WHERE NOT quiet
        UNION ALL
        SELECT inapp_id, notice_id, official_id, 'inapp', full_name, reasons, CAST(:now AS timestamptz),
               'sent', NULL, CAST(:now AS timestamptz) FROM {whom}
        ON CONFLICT DO NOTHING RETURNING channel),
    counted AS (
        INSERT INTO delivery_counts AS known (channel, outcome, total)
        SELECT channel, 'sent', count(*) FROM new WHERE channel = 'inapp' GROUP BY channel
        ON CONFLICT (channel, outcome) DO UPDATE SET total = known.total + excluded.total)"""
_INSERT = Prepared(
    f"""
    WITH {_JUDGED.format(unwritten=0)}, {_NEW.format(whom="plain")}
    SELECT judged.email_id, judged.busy, CAST(judged.wishes AS text) AS wishes
    FROM (SELECT pg_notify(:channel, '')) AS woken
        LEFT JOIN judged ON judged.email_id NOT IN (SELECT email_id FROM plain)
    """
)
_ALL_PLAIN = "(SELECT count(*) FROM judged) = (SELECT count(*) FROM plain)"
_INSERT_AT_ONCE = Prepared(
    f"""
    WITH {_JUDGED.format(unwritten=1)}, {admitting(_ALL_PLAIN)},
    kept AS ({NOTICES.format(besides=", admitted")}), {_NEW.format(whom="plain, admitted")}
    SELECT pg_notify(:channel, '') FROM admitted
    """
)
_UNWAIT = Prepared(
    "UPDATE notifications SET due_at = :now, waiting = NULL "
    "WHERE official_id = ANY(CAST(:officials AS uuid[])) AND waiting IS NOT NULL"
)
_SPARE = Prepared(
    "UPDATE notifications SET state = 'unneeded', due_at = NULL, waiting = NULL "
    "WHERE id = ANY(CAST(:ids AS uuid[])) AND state = 'pending'"
)


def notify(session: Session, kind: Kind, events: Sequence[Told]) -> None:
    """One notification per person and channel for events of that kind, whose notices are kept: in one statement,
    and a few more for all who are not told at once by e-mail and in the inbox: because they wish so, or of a storm.
    E-mail that is due wakes the sender at the commit; in-app is delivered by being there, and counted so."""
    rows, given = _given(kind, events)
    left = {row.email_id: row for row in _INSERT.named(session, given) if row.email_id is not None}
    if left:
        facts = {id_of(kind, event.data): event.data for event in events}
        people = [Person.of(kind, row, left[row["email_id"]], facts) for row in rows if row["email_id"] in left]
        write_as_wished(session, kind, people, given["now"])


def tell_at_once(session: Session, kind: Kind, event: Event) -> bool:
    """Keep the notice of a lone event and notify its people, in one statement that commits. False: nothing was
    done, for some wish otherwise, there may be a storm, or the event was seen before."""
    _, given = _given(kind, [event])
    return bool(_INSERT_AT_ONCE.rows(session, given | {"event": event.id, "notices": notices_of(kind, [event])}))


def _given(kind: Kind, events: Sequence[Told]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A row for each person to be told of each event, and the values of the statement that writes them."""
    rows = [
        {"reasons": ()}
        | person
        | {"notice_id": id_of(kind, event.data), "email_id": uuid7(), "inapp_id": uuid7()}
        | {"quiet": is_quiet(kind, event.data)}
        for event in events
        for person in event.data["recipients"]
    ]
    # Only escalations come in storms: a reminder can wait for the digest, if its reader wishes.
    places = [{"notice_id": id_of(kind, each.data), "place": place_of(kind, each.data)} for each in events]
    return rows, {
        "rows": dumps(rows),
        "places": dumps(places if kind is Kind.ESCALATION else []),
        "kind": kind,
        "now": clock.now(),
        "channel": SENDING,
    }


def stop_waiting(session: Session, officials: list[UUID]) -> None:
    """Make due what waited for these officials' contacts; if there was any, the commit wakes the sender."""
    if _UNWAIT.run(session, {"officials": officials, "now": clock.now()}):
        wake(session, SENDING)
        wake(session, CALLING)


def spare(session: Session, ids: list[UUID]) -> None:
    """Leave out what need not be sent any more, and say so on its row; the caller holds the rows locked."""
    if ids:
        _SPARE.run(session, {"ids": ids})
