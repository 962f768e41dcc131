"""Lists of issues, newest first, at a cost that does not grow with the number of issues.

The text of each statement is built once for its shape, see `Prepared`. PostgreSQL plans it each time with the
values: they decide which index is best, for some states, categories and places are rare and some are not.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from services.visits.issues.model import Instant, Issue
from services.visits.issues.reading import LISTED
from shared.prepared import Prepared

Rows = Select[*tuple[Any, ...]]

UPPER_PATHS = 3  # how many upper paths `issues` keeps as columns: province, district, commune

# The newest issues of each of so many places are merged; of more, all that lie in any of them are sorted.
MERGED = 24

# A search first looks through the newest issues: a frequent word is found there. A rare one is read from the
# search index. The planner is not asked, for it knows the frequency of the most frequent words only, and a walk
# through a million issues after a word that none has takes a second. Those of one place lie apart on the disk,
# so fewer of them are looked through.
WALK, WALK_IN_PLACES = 5000, 1000


class Shape(NamedTuple):
    """What the text of a statement depends on."""

    given: tuple[str, ...] = ()  # the names in GIVEN that hold
    depths: tuple[int, ...] = (0,)  # of each place asked for, how many codes its path has; (0,): everywhere
    search: str = ""  # "newest": look through the newest; "index": use the search index


GIVEN: dict[str, ColumnElement[bool]] = {
    **{
        name: getattr(Issue, name) == bindparam(name)
        for name in ("state", "kind", "category", "severity", "code", "sensitivity")
    },
    "categories": Issue.category == any_(bindparam("categories", type_=ARRAY(Text))),
    "handler": Issue.handler_id == bindparam("handler", type_=Uuid),
    "reported_from": Issue.reported_at >= bindparam("reported_from", type_=Instant),
    "reported_before": Issue.reported_at < bindparam("reported_before", type_=Instant),
    "cursor_at": tuple_(Issue.reported_at, Issue.id)
    < tuple_(bindparam("cursor_at", type_=Instant), bindparam("cursor_id", type_=Uuid)),
}


@lru_cache(maxsize=512)
def statement(shape: Shape) -> Prepared:
    """The statement of a shape. Its parameters: those of `shape.given` (with cursor_at also cursor_id), `place_0`
    and so on for each place that is not everywhere, `q` for a search, and `last`: how many rows."""
    return Prepared(lambda: _build(shape), plan_each_time=True)


def _build(shape: Shape) -> Rows:
    last = bindparam("last", type_=Integer)
    if shape.search == "newest":
        walk = WALK if shape.depths == (0,) else WALK_IN_PLACES
        newest = _ordered(shape, literal_column(str(walk)), Issue.search).subquery()
        return _first(select(*_shown(newest.c)).where(_matches(newest.c.search)), newest.c, last)
    if shape.search == "index":
        hits = _issues(shape).where(_inside_any(shape), _matches(Issue.search))
        fenced = hits.offset(literal_column("0")).subquery()  # without the fence the planner may walk
        return _first(select(*_shown(fenced.c)), fenced.c, last)
    return _ordered(shape, last)


def _ordered(shape: Shape, last: Any, *more: Any) -> Rows:
    issues = _issues(shape, *more)
    if not 1 < len(shape.depths) <= MERGED:
        return _first(issues.where(_inside_any(shape)), Issue, last)
    places = range(len(shape.depths))
    each = [_first(issues.where(_inside(shape, place)), Issue, last).subquery() for place in places]
    merged = union_all(*(select(*part.c) for part in each)).subquery()
    return _first(select(*merged.c), merged.c, last)


def _issues(shape: Shape, *more: Any) -> Rows:
    return select(*LISTED, *more).where(*(GIVEN[name] for name in shape.given))


def _first(found: Rows, columns: Any, last: Any) -> Rows:
    return found.order_by(columns.reported_at.desc(), columns.id.desc()).limit(last)


def _shown(columns: Any) -> list[ColumnElement[Any]]:
    return [columns[column.key] for column in LISTED]


def _inside_any(shape: Shape) -> ColumnElement[bool]:
    return or_(*(_inside(shape, place) for place in range(len(shape.depths))))


def _inside(shape: Shape, place: int) -> ColumnElement[bool]:
    """Equality with an upper path where there is one: a prefix match would lose the order of the index."""
    depth, path = shape.depths[place], bindparam(f"place_{place}", type_=Text)
    if depth == 0:
        return true()
    if depth <= UPPER_PATHS:
        return getattr(Issue, f"path_{depth}") == path
    return func.starts_with(Issue.unit_path, path)


def _matches(vector: Any) -> ColumnElement[bool]:
    return vector.op("@@")(bindparam("q", type_=TSQUERY))
