"""The house rules that make one room look like the next."""

import ast
import importlib
from pathlib import Path

import pytest

from shared.contracts.routes import SUBSCRIBERS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for folder in ("shared", "services", "caunoi", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
OWNERS = ("assignments", "notifications", "visits")


def test_no_room_for_odds_and_ends() -> None:
    """A file is named after what stands in it."""
    assert not [path for path in SOURCES if path.stem in {"utils", "util", "helpers", "common", "misc", "base"}]


def test_no_file_has_outgrown_one_concept() -> None:
    """Past 300 lines a file is two files."""
    long = {str(p.relative_to(ROOT)): n for p in SOURCES if (n := len(p.read_text().splitlines())) > 300}
    assert long == {}


def test_actions_are_short() -> None:
    """An action is one verb: at most 30 lines of code below its docstring."""
    long = []
    for path in SOURCES:
        if path.name != "actions.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                if (node.end_lineno or 0) - first.lineno + 1 > 30:
                    long.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert long == []


def test_everything_public_is_explained() -> None:
    """Every module, class and public function has a docstring."""
    bare = []
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        if tree.body and not ast.get_docstring(tree):
            bare.append(str(path.relative_to(ROOT)))
        for node in tree.body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if named and not ast.get_docstring(node):  # type: ignore[arg-type]
                bare.append(f"{path.relative_to(ROOT)}: {node.name}")  # type: ignore[attr-defined]
    assert bare == []


def test_actions_never_commit() -> None:
    """Only the edges commit: the request, the batch, the job."""
    rooms = [path for path in SOURCES if path.name in {"actions.py", "model.py", "rules.py", "queries.py"}]
    assert not [path for path in rooms if ".commit(" in path.read_text()]


@pytest.mark.parametrize("service", OWNERS)
def test_handlers_and_routes_agree(service: str) -> None:
    """A service handles exactly the events that the table of routes sends it."""
    handlers = importlib.import_module(f"services.{service}.handlers").HANDLERS
    assert set(handlers) == {each for each, names in SUBSCRIBERS.items() if service in names}
