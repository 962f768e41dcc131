"""Keyset paging: a cursor says where the last page ended, so that deep pages cost what the first one costs."""

import base64
import binascii
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import Session

from shared.errors import BadInput

Key = Any  # a column, or a mapped attribute of one: SQLAlchemy has no common type with `key` and `type`


def encode_cursor(values: Sequence[Any]) -> str:
    """Opaque text for the sort keys of the last item."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def decode_cursor(cursor: str, like: Sequence[type]) -> list[Any]:
    """The sort keys; raises BadInput naming `cursor` when it is not one of ours."""
    try:
        raw = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(raw, list) or len(raw) != len(like):
            raise ValueError
        return [_as(kind, value) for kind, value in zip(like, raw, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise BadInput("This cursor is not one we gave.", field="cursor") from error


def _as(kind: type, value: Any) -> Any:
    if kind in (UUID, datetime, date) or not isinstance(value, kind) or isinstance(value, bool):
        if kind is UUID:
            return UUID(value)
        if kind is datetime:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ValueError
            return moment
        if kind is date:
            return date.fromisoformat(value)
        raise ValueError
    if isinstance(value, str) and "\x00" in value:
        raise ValueError
    return value


def after(keys: Sequence[Key], values: Sequence[Any], descending: bool) -> ColumnElement[bool]:
    """The rows that come after the given sort keys."""
    row, mark = tuple_(*keys), tuple_(*(literal(v, k.type) for k, v in zip(keys, values, strict=True)))
    return row < mark if descending else row > mark


def paginate(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    *keys: Key,
    limit: int,
    cursor: str | None,
    descending: bool = False,
    scalars: bool = True,
) -> dict[str, Any]:
    """One page: {"items": [...], "next_cursor": …}. `keys` are columns of the statement that order it wholly;
    items are entities (`scalars`) or row mappings, and have the keys as attributes or columns of those names."""
    if cursor:
        kinds = [key.type.python_type for key in keys]
        statement = statement.where(after(keys, decode_cursor(cursor, kinds), descending))
    order = [key.desc() if descending else key.asc() for key in keys]
    result = session.execute(statement.order_by(*order).limit(limit + 1))
    items: Sequence[Any] = result.scalars().all() if scalars else result.mappings().all()
    next_cursor = None
    if len(items) > limit:
        items, last = items[:limit], items[limit - 1]
        next_cursor = encode_cursor([getattr(last, k.key) if scalars else last[k.key] for k in keys])
    return {"items": items, "next_cursor": next_cursor}
