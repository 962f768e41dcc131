"""Loading event data as its schema says, at a tenth of the cost where all is as it should be.

Whatever the quick way does not take, be it wrong or only unusual, is loaded by the schema itself: so what is
accepted, and what is said of what is not, is the schema's word alone.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, fields

Load = Callable[[Any], Any]


class _Unusual(Exception):
    """Not for the quick way."""


def loader(schema: Schema) -> Load:
    """The function that loads what `schema` describes; raises ValidationError as `schema.load` does."""
    quick = _quick(schema)
    if quick is None:
        return schema.load

    def load(data: Any) -> Any:
        try:
            return quick(data)
        except (_Unusual, KeyError, TypeError, ValueError):
            return schema.load(data)

    return load


def _quick(schema: Schema) -> Load | None:
    """The quick way for a schema of plain fields, all of them given; None if it has anything more."""
    ways = []
    for name, field in schema.fields.items():
        way = _way(field)
        if way is None or field.dump_only or field.data_key or field.attribute:
            return None
        ways.append((name, _or_null(way) if field.allow_none else way))
    if schema.unknown != EXCLUDE or any(schema._hooks.values()):
        return None

    def load(data: Any) -> dict[str, Any]:
        return {name: way(data[name]) for name, way in ways}

    return load


def _way(field: fields.Field[Any]) -> Load | None:
    """How to load one field; None if there is no quick way."""
    if field.validators or field.validate:
        return None
    if isinstance(field, fields.List):
        inner = _way(field.inner)
        return inner and _each(_or_null(inner) if field.inner.allow_none else inner)
    if isinstance(field, fields.Nested):
        plain = not field.many and not field.schema.many and field.unknown is None
        return _quick(field.schema) if plain else None
    if type(field) is fields.Integer:
        return _integer if field.strict else None
    if type(field) is fields.Dict:
        return _object if field.key_field is None and field.value_field is None else None
    return _WAYS.get(type(field))


def _or_null(way: Load) -> Load:
    return lambda value: None if value is None else way(value)


def _each(way: Load) -> Load:
    def load(values: Any) -> list[Any]:
        if type(values) is not list:
            raise _Unusual
        return [way(value) for value in values]

    return load


def _exactly(wanted: type) -> Load:
    def load(value: Any) -> Any:
        if type(value) is not wanted:
            raise _Unusual
        return value

    return load


_integer = _exactly(int)
_text = _exactly(str)


def _uuid(value: Any) -> UUID:
    if len(_text(value)) != 36:
        raise _Unusual
    return UUID(value)


def _date(value: Any) -> date:
    if len(_text(value)) != 10 or value[4] != "-" or value[7] != "-":
        raise _Unusual
    return date.fromisoformat(value)


def _instant(value: Any) -> datetime:
    if len(_text(value)) < 20 or value[4] != "-" or value[10] != "T":
        raise _Unusual
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise _Unusual
    return found


def _object(value: Any) -> dict[str, Any]:
    return dict(_exactly(dict)(value))


_WAYS: Mapping[type, Load] = {
    fields.String: _text,
    fields.UUID: _uuid,
    fields.Boolean: _exactly(bool),
    fields.Date: _date,
    fields.AwareDateTime: _instant,
}
