"""caunoi audit: is the audit log as it was written?"""

from pathlib import Path

import click

from caunoi.commands.options import clear_failures, fail, home_option


@click.group()
def audit() -> None:
    """The log of everything that changed responsibility or access."""


def _link(_context: click.Context, _option: click.Parameter, raw: str | None) -> tuple[int, bytes] | None:
    if raw is None:
        return None
    seq, _, digest = raw.partition(":")
    try:
        return int(seq), bytes.fromhex(digest)
    except ValueError:
        raise click.BadParameter("expected SEQ:HASH, as this command prints it") from None


@audit.command("verify")
@click.option("--expect", callback=_link, metavar="SEQ:HASH", help="A link written down earlier: it must be there.")
@home_option
def verify(expect: tuple[int, bytes] | None, home: Path | None) -> None:
    """Compute the whole chain again. Ends with 1 and the first broken entry unless all is as it was written."""
    from caunoi.servers import servers, sessions
    from services.assignments.audit.queries import verify as check

    with clear_failures(), servers(home), sessions("assignments") as factory, factory() as session:
        verdict = check(session, expect)
    if verdict.why:
        fail(f"broken at entry {verdict.broken}: {verdict.why}; good until link {verdict.seq}")
    click.echo(f"good: {verdict.entries} entries in {verdict.links} links")
    click.echo(f"head: {verdict.seq}:{verdict.hash.hex()}")
