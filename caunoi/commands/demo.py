"""`caunoi demo`."""

import sys

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead, for machines.")
@click.option(
    "--reform", is_flag=True, help="With the second act: the reform of 1 July 2025 over the whole country."
)
def demo(as_json: bool, reform: bool) -> None:
    """Show the main job on real units, from an empty home to an acknowledged escalation.

    Starts a system of its own on a temporary home, imports the whole country, invents the officials of Bến Tre,
    reports three issues and escalates them; kills a worker and wipes Redis while they are on their way; prints
    who was told, why, when and how long it took; acknowledges one. The exit code is 0 only if everybody
    responsible got exactly one mail for each escalation. Afterwards nothing of it is left.

    With --reform the country is then brought over to the units of 1 July 2025: open issues follow their places, and
    one of them is escalated there.
    """
    import json

    from rich.console import Console

    from caunoi.commands.options import clear_failures
    from caunoi.demo.facts import Outcome
    from caunoi.demo.run import run
    from caunoi.demo.show import show

    shown = Console(stderr=as_json, highlight=False)
    if not shown.is_terminal:
        shown.width = 160

    with clear_failures(), shown.status("") as status:

        def say(step: str) -> None:
            status.update(f"{step} …")
            if not as_json:
                shown.print(f"[dim]· {step}[/]")

        def finish(outcome: Outcome, url: str) -> None:
            status.stop()
            if not as_json:
                show(shown, outcome, f"{url}/mailbox")

        outcome = run(say, finish, with_reform=reform)
    if as_json:
        click.echo(json.dumps(outcome.as_json(), ensure_ascii=False, indent=1))
    sys.exit(1 if outcome.faults else 0)
