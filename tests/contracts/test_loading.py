"""The quick way of loading event data says what the schemas say, whatever the data."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import orjson
import pytest
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from shared.contracts.loading import loader
from shared.contracts.routes import SCHEMAS
from tests.support.facts import EXAMPLES

ODD = (
    None, True, 0, 1, 1.5, -3, "", " ", "x", "1", "true", "2026-03-02", "2026-3-2", "2026-W10-1", "20260302",
    "2026-03-02T01:30:00", "2026-03-02T01:30:00Z", "2026-03-02 01:30:00+07:00", "2026-03-02T01:30:00.5+07:00",
    "2026-03-02T24:00:00Z", "20260302T013000+0000", "0199e6a2-7000-7bb1-9d52-55d2c0a80002",
    "0199e6a270007bb19d5255d2c0a80002", "{0199e6a2-7000-7bb1-9d52-55d2c0a8}", [], ["x"], [None], {}, {"a": 1},
)  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value within, the whole among them."""
    yield path
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from places(value, (*path, key))


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The same data with another value in one place; `...` takes it away."""
    if not path:
        return value
    made = deepcopy(data)
    parent = made
    for key in path[:-1]:
        parent = parent[key]
    if value is ...:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return made


def outcome(load: Any, data: Any) -> Any:
    """What it makes of the data: values with their types, or the messages."""
    try:
        return repr(load(deepcopy(data)))
    except ValidationError as error:
        return error.normalized_messages()


@pytest.mark.parametrize("event_type", sorted(SCHEMAS))
def test_the_quick_way_says_what_the_schema_says(event_type: str) -> None:
    """Every value of an example replaced by every odd one, left out, or joined by an unknown one."""
    schema = SCHEMAS[event_type]
    load, good = loader(schema), orjson.loads(orjson.dumps(EXAMPLES[event_type].data))
    assert load is not schema.load and outcome(load, good) == outcome(schema.load, good)
    for path in places(good):
        for odd in (*ODD, *([...] if path else [])):
            data = changed(good, path, odd)
            assert outcome(load, data) == outcome(schema.load, data), (path, odd)
    more = good | {"unknown": 1}
    assert load(more) == schema.load(more) == load(good)


def test_an_unusual_schema_is_left_alone() -> None:
    """Validated, renamed, of another type, or in a strict schema: marshmallow loads."""

    class Inner(Schema):
        class Meta:
            unknown = EXCLUDE

        number = fields.Float(required=True)

    for field in (
        fields.String(required=True, validate=len),
        fields.String(required=True, data_key="other"),
        fields.Integer(required=True),
        fields.Email(required=True),
        fields.Nested(Inner, required=True),
        fields.List(fields.Nested(Inner), required=True),
        fields.Dict(keys=fields.String(), required=True),
    ):
        schema = Schema.from_dict({"field": field})(unknown=EXCLUDE)
        assert loader(schema) == schema.load
    assert loader(strict := Schema.from_dict({"field": fields.String(required=True)})()) == strict.load
