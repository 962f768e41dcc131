"""`caunoi bench`."""

import sys

import click


@click.command()
@click.argument("figures", nargs=-1)
@click.option("--repeats", type=click.IntRange(1), default=3, show_default=True, help="The median of so many runs.")
@click.option(
    "--broadcast-to",
    type=click.IntRange(1_000),
    default=200_000,
    show_default=True,
    help="Officials whom the directive of broadcast_escalation is for.",
)
def bench(figures: tuple[str, ...], repeats: int, broadcast_to: int) -> None:
    """Measure speed and print it as JSON: all figures of docs/benchmarks.md, or those named.

    Each stands beside a yardstick that is measured in the same run. Takes some minutes.
    """
    from benchmarks.run import main

    sys.exit(main(figures, repeats, readers=broadcast_to))
