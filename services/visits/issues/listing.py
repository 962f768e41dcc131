"""Lists of issues, newest first, at a cost that does not grow with the number of issues.

A list that asks for places and days only is read off an index that ends with the time of the report. What asks for
more is looked for in up to three ways, each with a bound, for the planner knows neither how often a rare word comes
nor that a state may be rare in a place:

1. walk: through the newest of the places. What is frequent is found there.
2. months: in the index of facets and words, some months at a time and ever more of them, back from the newest.
3. few: whatever that index finds, if it is not much. What is rare is found there, when some months were in vain.

The text of each statement is built once for its shape, see `Prepared`. PostgreSQL plans it each time with the
values: they decide which index is best.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
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
from sqlalchemy.orm import Session

from services.visits.issues.model import Instant, Issue
from services.visits.issues.reading import LISTED
from services.visits.issues.rules import facet, month_of, place_facet
from services.visits.units.rules import depth_of, prefixes
from shared import clock
from shared.prepared import Prepared

Rows = Select[*tuple[Any, ...]]

UPPER_PATHS = 3  # how many upper paths `issues` keeps as columns: province, district, commune

# The newest issues of each of so many places are merged; of more, all that lie in any of them are sorted.
MERGED = 24

# How many of the newest are walked through. Those of one place lie apart on the disk, so fewer of them.
WALK, WALK_IN_PLACES = 5000, 1000
MONTHS = (1, 4, 16, 64)  # how many at a time; what is older still is read at once
IN_VAIN = 2  # after so many of these, all is read and sorted if it is not more than
FEW = 300

FACETS = ("state", "kind", "category", "severity")
NARROWING = {*FACETS, "categories", "q"}  # what few of the newest may have
DIRECT = {"code", "handler"}  # what has an index of its own


def _equal(name: str, kind: Any = Text) -> Callable[[Any], ColumnElement[bool]]:
    return lambda columns: getattr(columns, name) == bindparam(name, type_=kind)


# What may be asked for, said of the columns of `issues` or of a part of it.
GIVEN: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    **{name: _equal(name) for name in (*FACETS, "code", "sensitivity")},
    "categories": lambda columns: columns.category == any_(bindparam("categories", type_=ARRAY(Text))),
    "handler": lambda columns: columns.handler_id == bindparam("handler", type_=Uuid),
    "q": lambda columns: columns.search.op("@@")(bindparam("q", type_=TSQUERY)),
    "reported_from": lambda columns: columns.reported_at >= bindparam("reported_from", type_=Instant),
    "reported_before": lambda columns: columns.reported_at < bindparam("reported_before", type_=Instant),
    "cursor_at": lambda columns: (
        tuple_(columns.reported_at, columns.id)
        < tuple_(bindparam("cursor_at", type_=Instant), bindparam("cursor_id", type_=Uuid))
    ),
}


class Shape(NamedTuple):
    """What the text of a statement depends on."""

    given: tuple[str, ...] = ()  # the names in GIVEN that are asked for
    depths: tuple[int, ...] = (0,)  # of each place asked for, how many codes its path has; (0,): everywhere
    way: str = "ordered"  # or "walk", "few", "months", "older"


def newest(session: Session, values: dict[str, Any], places: list[str], last: int) -> list[tuple[Any, ...]]:
    """Rows of LISTED: the newest `last` issues with what `values` gives to names in GIVEN, in any of the places,
    which are prefixes of paths, none inside another; "" is everywhere."""
    shape = Shape(tuple(name for name in GIVEN if name in values), tuple(map(depth_of, places)))
    values = values | {f"place_{number}": place for number, place in enumerate(places)}

    def rows(way: str, limit: int, months: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        asked = values | {"last": limit, "months": list(months)}
        return statement(shape._replace(way=way)).rows(session, asked)

    if not NARROWING & values.keys() or DIRECT & values.keys():
        return rows("ordered", last)
    if len(places) <= MERGED and len(found := rows("walk", last)) == last:
        return found
    values |= _facets(values, places)
    found = []
    for number, months in enumerate(_back(values.get("cursor_at") or values.get("reported_before") or clock.now())):
        if number == IN_VAIN and len(few := rows("few", FEW + 1)) <= FEW:
            return few[:last]
        found += rows("months", last - len(found), months)
        if len(found) == last:
            return found
    return rows("older", last)


def _facets(values: dict[str, Any], places: list[str]) -> dict[str, list[str]]:
    """What the index is asked for. A state in a place is one facet: both may be frequent and that yet be rare."""
    known = [prefixes(place)[-UPPER_PATHS:][0] for place in places if place]
    if known and "state" in values:
        known = [place_facet(place, values["state"]) for place in known]
    return {
        "every": [facet(name, values[name]) for name in FACETS if name in values],
        "any_place": known,
        "any_category": [facet("category", each) for each in values.get("categories", ())],
    }


def _back(end: datetime) -> Iterator[tuple[str, ...]]:
    """The facets of ever more months, back from the one in which `end` lies."""
    month = month_of(end)
    for many in MONTHS:
        yield tuple(facet("month", month - number) for number in range(many))
        month -= many


@lru_cache(maxsize=512)
def statement(shape: Shape) -> Prepared:
    """The statement of a shape. Its parameters: those of `shape.given` (with cursor_at also cursor_id), `place_0`
    and so on for each place that is not everywhere, what `_facets` gives, `months`, and `last`: how many rows."""
    return Prepared(lambda: _build(shape), plan_each_time=True)


def _build(shape: Shape) -> Rows:
    last = bindparam("last", type_=Integer)
    if shape.way == "ordered":
        return _ordered(shape, shape.given, last)
    plain = [name for name in shape.given if name not in NARROWING]
    narrow = [name for name in shape.given if name in NARROWING]
    if shape.way == "walk":
        walk = WALK if shape.depths == (0,) else WALK_IN_PLACES
        walked = _ordered(shape, plain, literal_column(str(walk)), Issue.search).subquery().c
        return _first(select(*_shown(walked)).where(*_hold(narrow, walked)), walked, last)
    # Materialised, it is planned for all that it finds and yet read only as far as the limit. For a few rows alone
    # the planner would walk, and go on to the end of the table where there are none.
    found = select(*LISTED).where(*_in_index(shape), *_hold(plain, Issue))
    found_ = found.cte("found").prefix_with("MATERIALIZED")
    if shape.way == "few":
        some = select(*found_.c).limit(last).subquery().c
        return _first(select(*some), some, None)
    return _first(select(*found_.c), found_.c, last)


def _ordered(shape: Shape, given: Iterable[str], last: Any, *more: Any) -> Rows:
    issues = select(*LISTED, *more).where(*_hold(given, Issue))
    if not 1 < len(shape.depths) <= MERGED:
        return _first(issues.where(_inside_any(shape)), Issue, last)
    places = range(len(shape.depths))
    each = [_first(issues.where(_inside(shape, place)), Issue, last).subquery() for place in places]
    merged = union_all(*(select(*part.c) for part in each)).subquery()
    return _first(select(*merged.c), merged.c, last)


def _in_index(shape: Shape) -> list[ColumnElement[bool]]:
    """What the index of facets and words is asked for, and what it does not know of the places."""

    def facets(operator: str, name: str) -> ColumnElement[bool]:
        return Issue.facets.op(operator)(bindparam(name, type_=ARRAY(Text)))

    return [
        *([GIVEN["q"](Issue)] if "q" in shape.given else []),
        *([facets("@>", "every")] if set(FACETS) & set(shape.given) else []),
        *([facets("&&", "any_place")] if shape.depths != (0,) else []),
        *([facets("&&", "any_category")] if "categories" in shape.given else []),
        *([facets("&&", "months")] if shape.way == "months" else []),
        *([_inside_any(shape)] if max(shape.depths) > UPPER_PATHS else []),
    ]


def _hold(given: Iterable[str], columns: Any) -> list[ColumnElement[bool]]:
    return [GIVEN[name](columns) for name in given]


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
