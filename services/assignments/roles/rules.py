"""Capacities: in what quality an official acts, and what may be done in it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.contracts.scopes import OWN_ACCOUNT, SCOPES

POSTS = "posts"  # the capacity of all who hold a post; any other is the code of a role
EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Capacity:
    """In what quality somebody acts. Two are never mixed in one token: what a role allows everywhere would else be
    allowed by it to a post that holds one commune, and the other way round."""

    code: str
    scopes: tuple[str, ...]
    territories: tuple[str, ...]


def capacities(posts: Iterable[Any], roles: Iterable[Any]) -> list[Capacity]:
    """What somebody may act as, their posts first. `posts` and `roles` are rows of code, scope and unit path (of a
    role None: everywhere); what names no scope allows nothing."""
    held = [("", row.scope, row.path) for row in posts if row.scope]
    found = [_capacity(POSTS, held)] if held else []
    granted = [(row.code, row.scope, row.path or EVERYWHERE) for row in roles if row.scope]
    for code in sorted({row[0] for row in granted}):
        found.append(_capacity(code, [row for row in granted if row[0] == code]))
    return found


def _capacity(code: str, rows: Sequence[tuple[str, str, str]]) -> Capacity:
    paths = {path for _, _, path in rows}
    outer = sorted(path for path in paths if not any(path != other and path.startswith(other) for other in paths))
    return Capacity(code, tuple(sorted({scope for _, scope, _ in rows} & SCOPES.keys())), tuple(outer))


def chosen(found: Sequence[Capacity], wanted: str | None) -> Capacity:
    """The one that is wanted, if it is there; else the first. Who has none may still manage their own account."""
    named = [each for each in found if each.code == wanted] or list(found)
    return named[0] if named else Capacity(POSTS, (), ())


def scopes_of(capacity: Capacity) -> list[str]:
    """The scopes of a token: those of the capacity, and everybody's power over their own account."""
    return sorted({*capacity.scopes, OWN_ACCOUNT})
