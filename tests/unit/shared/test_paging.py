"""Cursors are opaque, and what is not one of ours is refused, never worse."""

import base64
from datetime import UTC, date, datetime
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadInput
from shared.web.paging import decode_cursor, encode_cursor

KINDS = (UUID, datetime, date, str, int)


def test_a_cursor_comes_back_as_it_was() -> None:
    """Every kind of sort key survives the round trip."""
    values = [UUID(int=7), datetime(2026, 3, 2, 8, 30, tzinfo=UTC), date(2026, 3, 2), "Đào", 5]
    assert decode_cursor(encode_cursor(values), KINDS) == values


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(SCALARS, st.lists)


@given(JSON)
def test_any_json_is_refused_or_read(value: object) -> None:
    """Whatever JSON somebody puts into a cursor, the answer is a BadInput that names it, or values of the kinds."""
    try:
        cursor = base64.urlsafe_b64encode(orjson.dumps(value)).decode()
    except (TypeError, orjson.JSONEncodeError):
        return
    for kind in KINDS:
        try:
            [read] = decode_cursor(cursor, [kind])
        except BadInput as error:
            assert error.field == "cursor"
        else:
            assert isinstance(read, kind)


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "ấp", "WzFd", "W10", "AAAA"])
def test_nonsense_is_refused(cursor: str) -> None:
    """What is no base64 of JSON is a BadInput."""
    with pytest.raises(BadInput):
        decode_cursor(cursor, [UUID])
