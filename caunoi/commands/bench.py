"""`caunoi bench`."""

import importlib
import sys

import click


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(arguments: tuple[str, ...]) -> None:
    """Measure the figures of docs/benchmarks.md, each beside its yardstick, and print them as JSON."""
    sys.exit(importlib.import_module("benchmarks.run").main(list(arguments)))
