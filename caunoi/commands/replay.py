"""`caunoi replay`: have notifications sent again that failed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from caunoi.commands.options import clear_failures, fail, home_option

_FILTERS = {  # as of GET /notifications, in the words of the API
    "state": "Only in this state: pending, sent or failed.",
    "channel": "Only over this channel: email, sms, zalo, webhook.",
    "kind": "Only of this kind: escalation, handover, directive, reminder.",
    "escalation": "Only of this escalation (id).",
    "official": "Only to this official (id).",
    "issue": "Only about this issue: its code or id.",
    "unit": "Only about this unit or one inside: its path, such as 83/829/.",
    "from": "Only written then or later: 2026-03-02T00:00:00+07:00.",
    "until": "Only written before.",
    "provider": "Only tried over this provider.",
    "outcome": "Only with an attempt (over that provider) that ended so: sent, temporary, permanent.",
    "error": "Only with these words in the last error.",
    "waiting": "Only without a contact or address: no_contact, no_address.",
}


def _filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for name, text in reversed(_FILTERS.items()):
        command = click.option(f"--{name}", f"filter_{name}", help=text)(command)
    return command


@click.command()
@_filter_options
@click.option("--id", "ids", multiple=True, type=click.UUID, help="This notification; may be given several times.")
@click.option("--again", is_flag=True, help="Also those that were sent; with the same Message-ID as before.")
@click.option("--reason", help="Why; kept with the replay. Needed with --yes.")
@click.option("--yes", is_flag=True, help="Do it. Without this it is only said what would be done.")
@home_option
def replay(
    ids: tuple[UUID, ...], again: bool, reason: str | None, yes: bool, home: Path | None, **filters: str | None
) -> None:
    """Have notifications that failed sent again: those that the options find, or all.

    Says what it would do, and why some would be left alone; does it with --yes. The senders take it from there."""
    from caunoi.servers import servers, sessions

    given = {name.removeprefix("filter_"): value for name, value in filters.items() if value is not None}
    if ids and given:
        fail("Name ids or a filter, not both.")
    if yes and not (reason or "").strip():
        fail("Say why, with --reason.")
    with clear_failures(), servers(home), sessions("notifications") as factory:
        for line in _lines(factory, given, list(ids) or None, again, reason if yes else None):
            click.echo(line)


def _lines(
    factory: Any, given: dict[str, str], ids: list[UUID] | None, again: bool, reason: str | None
) -> Iterator[str]:
    """What to print; does it, if there is a reason."""
    from caunoi.servers import person
    from services.notifications.replays.actions import begin
    from services.notifications.replays.carrying import carry_out_one
    from services.notifications.replays.queries import report
    from services.notifications.replays.rules import Asked
    from shared import clock
    from shared.web.auth import Principal

    who = Principal(f"command:{person()}", frozenset(), ("",))
    asked = Asked(who, _wanted(given), ids, again, clock.now())
    if reason is None:
        with factory() as session:
            yield from _table(report(session, asked))
        yield "Nothing was done; --yes does it."
        return
    with factory.begin() as session:
        begun = begin(session, asked, report(session, asked), reason)
        replay_id, expected = begun.id, begun.expected
    done = begun
    for done in carry_out_one(factory, replay_id):
        yield f"{replay_id}  {done.replayed} of {expected} due again"
    yield from (f"left alone  {why:<14} {count:>8}" for why, count in done.left.items())


def _wanted(given: dict[str, str]) -> Any:
    """The filter as the API would read it."""
    from marshmallow import ValidationError

    from services.notifications.finding.schemas import WantedInput

    try:
        return WantedInput().load(given)
    except ValidationError as error:
        said = error.messages_dict
        fail("\n".join(f"--{name}: {' '.join(map(str, said[name]))}" for name in sorted(said)))


def _table(found: dict[str, Any]) -> Iterator[str]:
    yield f"{'state':<10} {'channel':<10} {'kind':<12} {'due again':>10}"
    for each in found["groups"]:
        yield f"{each['state']:<10} {each['channel']:<10} {each['kind']:<12} {each['count']:>10}"
    yield f"{'in all':<34} {found['replayed']:>10}"
    for why, count in found["left"].items():
        yield f"left alone: {why:<22} {count:>10}"
    for each in found["sample"]:
        error = " ".join(str(each["last_error"] or "").split())
        yield f"  {each['id']}  {each['created_at']:%Y-%m-%dT%H:%M:%SZ}  {each['issue_code'] or '-'}  {error}"
    if found["more"]:
        yield f"These are more than {found['matched']}: narrow it."
