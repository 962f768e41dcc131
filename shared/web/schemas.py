"""Base schemas and fields of the HTTP APIs."""

from functools import cache
from typing import Any

from flask_smorest.fields import Upload
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from shared.text import CONTROL, LINE_BREAK, nfc


class Input(Schema):
    """What a client sends: unknown fields are refused."""

    class Meta:
        unknown = RAISE


class Output(Schema):
    """What a client gets."""


class Text(fields.String):
    """Text in NFC without control characters, stripped. `lines=True` allows line breaks."""

    def __init__(self, *, max: int, min: int = 1, lines: bool = False, **kwargs: Any) -> None:
        self.max, self.min, self.lines = max, min, lines
        super().__init__(validate=validate.Length(min=min, max=max), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = nfc(super()._deserialize(value, attr, data, **kwargs)).strip()
        if CONTROL.search(text):
            raise ValidationError("Control characters are not allowed.")
        if not self.lines and LINE_BREAK.search(text):
            raise ValidationError("Line breaks are not allowed here.")
        return text


class UploadedFile(Upload):
    """A file of a form; a plain field of that name is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ValidationError("Not a file.")
        return value


class UnitCode(fields.String):
    """The statistics office's code: 2 digits a province, 3 a district, 5 a commune."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            validate=validate.Regexp(r"^(\d{2}|\d{3}|\d{5})\Z", error="Not a unit code (2, 3 or 5 digits)."),
            **kwargs,
        )


class CursorArgs(Input):
    """Query arguments of every list."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 200),
        metadata={"description": "How many items at the most"},
    )
    cursor = Text(
        load_default=None,
        max=500,
        metadata={"description": "next_cursor of the page before; leave out for the first page"},
    )


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """The schema of a page of `item`s."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next_cursor": fields.String(
                required=True, allow_none=True, metadata={"description": "null on the last page"}
            ),
        },
        name=f"{item.__name__.removesuffix('Output').removesuffix('Schema')}Page",
    )
