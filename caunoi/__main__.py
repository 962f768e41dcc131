"""`python -m caunoi`."""

from caunoi.cli import main

main(prog_name="caunoi")
