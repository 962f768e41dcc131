"""What keeps the categories a tree. Pure."""

from collections.abc import Mapping

from shared.errors import BadInput

DEEPEST = 4  # levels: people choose a category by looking, so the tree stays shallow


def check_parent(parents: Mapping[str, str | None], code: str, parent: str | None) -> None:
    """May the category stand below that parent? `parents`: the tree as it is, each category's own.

    Raises BadInput naming `parent`: unknown, a circle, or too deep."""
    if parent is None:
        return
    if parent not in parents:
        raise BadInput("There is no such category; GET /categories lists them.", field="parent")
    above = ancestors(parents, parent)
    if code == parent or code in above:
        raise BadInput("A category does not stand below itself.", field="parent")
    if len(above) + 1 + height(parents, code) > DEEPEST:
        raise BadInput(f"The tree has at most {DEEPEST} levels.", field="parent")


def ancestors(parents: Mapping[str, str | None], code: str) -> list[str]:
    """The categories above one, nearest first."""
    found: list[str] = []
    while (above := parents.get(code)) is not None:
        found.append(above)
        code = above
    return found


def height(parents: Mapping[str, str | None], code: str) -> int:
    """How many levels a category spans with all below it; 1 for a leaf or a new one."""
    below = [each for each, parent in parents.items() if parent == code]
    return 1 + max((height(parents, each) for each in below), default=0)
