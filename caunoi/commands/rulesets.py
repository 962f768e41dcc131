"""`caunoi rules`: who is told at which step, as sets that can be applied whole."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from caunoi.commands.options import clear_failures, home_option


@click.group()
def rules() -> None:
    """Posts, steps and mandates: the rule sets that come along, and switching to one."""


@rules.command("list")
def listing() -> None:
    """List the rule sets that come along."""
    from services.assignments.rulesets.presets import presets

    for each in presets().values():
        click.echo(f"{each['name']}: {each['title_vi']} / {each['title_en']}\n  {each['source']}")


@rules.command("apply")
@click.argument("name")
@click.option(
    "--from",
    "valid_from",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day they hold [default: today].",
)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--end-assignments", is_flag=True, help="End the assignments to posts that are no more.")
@home_option
def apply(name: str, valid_from: datetime | None, dry_run: bool, end_assignments: bool, home: Path | None) -> None:
    """Let the rule set NAME hold from a day on: one of `caunoi rules list`, or a JSON file in the form of
    GET /rules. It takes the place of all rules; an escalation asks by it from that day on."""
    from caunoi.servers import servers, sessions
    from services.assignments.rulesets import actions, presets
    from shared.contracts.scopes import SCOPES
    from shared.web.auth import Principal

    who = Principal("caunoi-rules", frozenset(SCOPES), ("",))
    since = valid_from.date() if valid_from else None
    with clear_failures(), servers(home), sessions("assignments") as factory, factory() as session:
        given = presets.read(Path(name).read_bytes()) if name.endswith(".json") else presets.named(name)
        report = actions.apply(
            session, who, given, valid_from=since, dry_run=dry_run, end_assignments=end_assignments
        )
        if not dry_run:
            session.commit()
    _show(report)


def _show(report: dict[str, Any]) -> None:
    for code in report["added"]:
        click.echo(f"+ {code}")
    for each in report["changed"]:
        click.echo(f"~ {each['post']}.{each['field']}: {each['before']} -> {each['after']}")
    for each in report["retired"]:
        click.echo(f"- {each['post']} ({each['assignments']} assignments)")
    done = "would hold" if report["dry_run"] else "holds"
    click.echo(f"{report['name']} {done} from {report['valid_from']} on")
