"""The command line. Each command imports what it needs when it runs, so that --help is quick."""

import importlib

import click


class Lazy(click.Group):
    """A group whose commands live in modules of `caunoi.commands` that are loaded when one is asked for; as
    `module:function` where the function has another name."""

    where: dict[str, str] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return list(self.where)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one."""
        if cmd_name not in self.where:
            return None
        module, _, function = self.where[cmd_name].partition(":")
        name = function or cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"caunoi.commands.{module}"), name)
        return command


class Commands(Lazy):
    """Which module holds which command."""

    where = {
        "up": "up",
        "demo": "demo",
        "migrate": "data",
        "reorganise": "reorganise",
        "seed": "data",
        "units": "data",
        "import": "sheets:import_sheet",
        "rules": "rulesets",
        "clients": "clients",
        "keys": "keys",
        "accounts": "accounts",
        "audit": "audit",
        "deadletters": "deadletters",
        "replay": "replay",
        "republish": "republish",
        "bench": "bench",
        "roles": "role",
        "role": "role",
        "health": "role",
    }


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="caunoi", message="%(version)s")
def main() -> None:
    """Cầu Nối: a province's officials follow its communes, and an escalated issue reaches everybody responsible.

    Everything is configured by environment variables with the prefix CAUNOI_; without any, PostgreSQL, Redis and
    a mailbox are started from the installed packages and keep their data in ~/.local/share/caunoi.
    """
