"""Rules of a thread: who may read a comment, who may withdraw it, what a link needs, what watchers hear. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from shared.errors import BadInput, RuleBroken

COMMENT_LONGEST = 10_000
REASON_SHORTEST, REASON_LONGEST = 5, 2_000

# Lines that watchers are not told of one by one: the report itself, and how an escalation travels.
# The trigger on the timeline (migration 0007) leaves out the same.
QUIET = ("reported", "told", "vacant", "unreached")

COMMENT = "comment"  # stands beside the kinds of lines in a thread

_EXCERPT = 300  # characters of a comment that go into a message


class Visibility(StrEnum):
    """Who may read a comment: everybody who may read the issue, or only those who handle issues."""

    ALL = "all"
    OFFICIALS = "officials"


class LinkKind(StrEnum):
    """What an issue can be linked to."""

    VISIT = "visit"
    FEEDBACK = "feedback"
    DOCUMENT = "document"
    ISSUE = "issue"


class News(NamedTuple):
    """One thing that watchers hear: who did it (None: not an official) and how it reads."""

    actor_id: UUID | None
    vi: str
    en: str


def check_link(kind: LinkKind, given: Mapping[str, Any]) -> None:
    """Raises BadInput naming the detail that a link of this kind needs and lacks, or does not take."""
    needed = ("number", "title") if kind == LinkKind.DOCUMENT else ("target",)
    taken = (*needed, "url") if kind == LinkKind.DOCUMENT else needed
    for name in ("target", "number", "title", "url"):
        if name in needed and not given.get(name):
            raise BadInput(f"A link to a {kind} needs this.", field=name)
        if given.get(name) and name not in taken:
            raise BadInput(f"A link to a {kind} does not take this.", field=name)


def check_goes_on(merged_into: UUID | None) -> None:
    """Raises RuleBroken, with the issue to turn to, for one that was merged: nobody reads on there."""
    if merged_into:
        raise RuleBroken("This issue goes on in another one; say it there.", merged_into=str(merged_into))


def check_withdrawal(
    *, withdrawn: bool, author: UUID | None, client_id: str, official: UUID | None, asking: str
) -> None:
    """Raises RuleBroken unless who said it takes it back: the official, or the client where no official said it."""
    if withdrawn:
        raise RuleBroken("This comment is withdrawn already.")
    mine = official == author if author else (official is None and asking == client_id)
    if not mine:
        raise RuleBroken("A comment is withdrawn by who wrote it.", field="official")


def listeners(watchers: Iterable[tuple[UUID, str]], news: Sequence[News]) -> list[tuple[UUID, str]]:
    """Who is told: every watcher for whom there is something that they did not do themselves."""
    actors = {each.actor_id for each in news}
    return [(who, name) for who, name in watchers if actors - {who}]


def excerpt(text: str) -> str:
    """The beginning of a text on one line, for a message."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _EXCERPT else one_line[: _EXCERPT - 1].rstrip() + "…"
