"""Settings are read at the edge only, and each is documented."""

import ast
import importlib
import re
from dataclasses import fields
from pathlib import Path

from shared.settings import EnvSettings

ROOT = Path(__file__).resolve().parents[2]
READERS = {"shared/settings.py", "caunoi/settings.py", "caunoi/environment.py"}


def declared() -> dict[str, str]:
    """Every setting that any part declares, with its explanation."""
    found = {}
    for path in [*ROOT.glob("services/*/settings.py"), ROOT / "caunoi/settings.py"]:
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, EnvSettings):
                found |= {f.metadata["name"]: f.metadata["doc"] for f in fields(each)}
    return found


def test_every_setting_is_documented_and_no_other() -> None:
    """docs/operations.md lists exactly the variables that the code reads."""
    documented = set(re.findall(r"^\| `(CAUNOI_[A-Z_]+)`", (ROOT / "docs/operations.md").read_text(), re.M))
    assert documented == set(declared())


def test_every_setting_has_the_prefix_and_an_explanation() -> None:
    """The names are one family; each says what it is for."""
    for name, doc in declared().items():
        assert name.startswith("CAUNOI_") and len(doc) > 10, name


def test_the_environment_is_read_at_the_edge_only() -> None:
    """No module but the readers of settings touches os.environ."""
    offenders = set()
    for folder in ("shared", "services", "caunoi"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                    offenders.add(str(path.relative_to(ROOT)))
    offenders = {each for each in offenders if "request.environ" not in (ROOT / each).read_text()}
    assert offenders - READERS == set()
