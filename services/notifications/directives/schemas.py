"""Directives as the API reads and shows them."""

import binascii
from base64 import b64decode
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.notifications.directives.rules import (
    BODY_LONGEST,
    FILE_LARGEST,
    FILES_AT_MOST,
    LEVELS,
    TITLE_LONGEST,
    Missing,
    Purpose,
)
from shared.web.schemas import CursorArgs, Input, Output, Text, UnitCode


class Base64(fields.String):
    """Bytes as base64 text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > FILE_LARGEST * 2:
            raise ValidationError(f"A file has at most {FILE_LARGEST} bytes.")
        try:
            return b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValidationError("Not valid base64.") from error


def _unique(values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("Each of them once.")


def _day(description: str, **kwargs: Any) -> fields.Date:
    limits = validate.Range(date(2000, 1, 1), date(2999, 12, 31))
    return fields.Date(validate=limits, metadata={"description": description, "example": "2026-03-20"}, **kwargs)


class LinkInput(Input):
    """A document elsewhere."""

    name = Text(required=True, max=200)
    url = fields.URL(required=True, schemes={"http", "https"}, validate=validate.Length(max=500))


class FileInput(Input):
    """A small file: PDF, PNG, JPEG, DOCX, XLSX or plain text, judged by its content."""

    name = Text(required=True, max=200)
    content = Base64(required=True, metadata={"description": f"base64; at most {FILE_LARGEST} bytes"})


class DirectiveInput(Input):
    """A directive to issue."""

    unit = UnitCode(required=True, metadata={"description": "For the officials of this unit and below"})
    number = Text(load_default=None, allow_none=True, max=100, metadata={"example": "12-CV/TU"})
    issuer = Text(required=True, max=200, metadata={"example": "Văn phòng Tỉnh ủy"})
    title = Text(required=True, max=TITLE_LONGEST)
    body = Text(required=True, max=BODY_LONGEST, lines=True)
    posts = fields.List(
        Text(max=60),
        load_default=list,
        validate=[validate.Length(max=50), _unique],
        metadata={"description": "Codes of posts; none: every post"},
    )
    levels = fields.List(
        fields.String(validate=validate.OneOf(LEVELS)),
        load_default=list,
        validate=_unique,
        metadata={"description": "What the post is held for; none: any"},
    )
    must_read = fields.Boolean(load_default=True)
    pass_on_by = _day("Last day to pass it on", load_default=None, allow_none=True)
    remind_before_days = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, 60),
        metadata={"description": "Who is not done by then is reminded so many days before, at 8 o'clock"},
    )
    links = fields.List(fields.Nested(LinkInput), load_default=list, validate=validate.Length(max=20))
    files = fields.List(fields.Nested(FileInput), load_default=list, validate=validate.Length(max=FILES_AT_MOST))


class CorrectionInput(Input):
    """What is corrected, and why."""

    title = Text(max=TITLE_LONGEST)
    body = Text(max=BODY_LONGEST, lines=True)
    pass_on_by = _day("Last day to pass it on", allow_none=True)
    reason = Text(required=True, min=5, max=1000, lines=True)


class RecallInput(Input):
    """Why it is recalled."""

    reason = Text(required=True, min=5, max=1000, lines=True)


class PassedOnInput(Input):
    """When it was passed on, and to whom."""

    on = _day("The day it was passed on", required=True)
    to = Text(required=True, max=500, metadata={"example": "Hội nghị cán bộ chủ chốt xã Mỹ Thạnh"})
    note = Text(load_default=None, allow_none=True, max=2000, lines=True)


class ReceiptArgs(CursorArgs):
    """Which of those it is for."""

    missing = fields.String(
        load_default=None, validate=validate.OneOf(list(Missing)), metadata={"description": "Who has not done that"}
    )
    unit = UnitCode(load_default=None, metadata={"description": "Only inside this unit"})


class FileOutput(Output):
    """A link, or a file."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    url = fields.String(required=True, allow_none=True, metadata={"description": "null: a file kept here"})
    media_type = fields.String(required=True, allow_none=True)
    size = fields.Integer(required=True, allow_none=True)
    sha256 = fields.String(required=True, allow_none=True)


class BroadcastOutput(Output):
    """How far telling everybody has come."""

    id = fields.UUID(required=True)
    purpose = fields.String(required=True, metadata={"enum": list(Purpose)})
    reason = fields.String(required=True, allow_none=True)
    due_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: done, or called off"}
    )
    told = fields.Integer(required=True, metadata={"description": "Officials so far"})
    begun_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


class DirectiveOutput(Output):
    """A directive as it stands."""

    id = fields.UUID(required=True)
    number = fields.String(required=True, allow_none=True)
    issuer = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    unit_code = fields.String(required=True)
    unit_name = fields.String(required=True)
    unit_path = fields.String(required=True)
    posts = fields.List(fields.String(), required=True)
    levels = fields.List(fields.String(), required=True)
    must_read = fields.Boolean(required=True)
    pass_on_by = fields.Date(required=True, allow_none=True)
    remind_before_days = fields.Integer(required=True, allow_none=True)
    edition = fields.Integer(required=True)
    issued_at = fields.AwareDateTime(required=True)
    issued_by = fields.String(required=True, metadata={"description": "The client"})
    recalled_at = fields.AwareDateTime(required=True, allow_none=True)
    files = fields.List(fields.Nested(FileOutput), required=True)
    broadcasts = fields.List(fields.Nested(BroadcastOutput), required=True)
    version = fields.Integer(required=True)


class EditionOutput(Output):
    """What it said at one time."""

    edition = fields.Integer(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    pass_on_by = fields.Date(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True, metadata={"description": "Why it was corrected"})
    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True)


class ReceiptOutput(Output):
    """An official whom it is for, and what they did."""

    official_id = fields.UUID(required=True)
    full_name = fields.String(required=True)
    place = fields.String(required=True)
    unit_path = fields.String(required=True)
    delivered = fields.Boolean(required=True, metadata={"description": "By mail, or in the inbox"})
    mailed = fields.Boolean(required=True)
    opened_at = fields.AwareDateTime(required=True, allow_none=True)
    read_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Of the edition that stands"}
    )
    passed_on = fields.Date(required=True, allow_none=True)
    passed_on_to = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class UnitFiguresOutput(Output):
    """How far it has come in one unit."""

    path = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    addressed = fields.Integer(required=True)
    delivered = fields.Integer(required=True)
    mailed = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    read = fields.Integer(required=True)
    passed_on = fields.Integer(required=True)


class StatisticsOutput(Output):
    """Unit by unit: those right under the unit it is for, and that one itself."""

    items = fields.List(fields.Nested(UnitFiguresOutput), required=True)


INPUT_EXAMPLE: dict[str, Any] = {
    "unit": "83",
    "number": "12-CV/TU",
    "issuer": "Văn phòng Tỉnh ủy",
    "title": "Triển khai phòng, chống hạn mặn mùa khô 2026",
    "body": "Đề nghị các đồng chí theo dõi xã truyền đạt đến cấp ủy cơ sở trước ngày 20/3.",
    "posts": ["commune_follower"],
    "must_read": True,
    "pass_on_by": "2999-03-20",
    "remind_before_days": 2,
}
CORRECTION_EXAMPLE: dict[str, Any] = {"pass_on_by": "2999-03-25", "reason": "Lùi hạn theo kết luận ngày 10/3."}
RECALL_EXAMPLE: dict[str, Any] = {"reason": "Thay bằng công văn số 15."}
PASSED_ON_EXAMPLE: dict[str, Any] = {"on": "2026-03-12", "to": "Hội nghị cán bộ chủ chốt xã Mỹ Thạnh", "note": None}
_BROADCAST = {
    "id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1d001",
    "purpose": "issued",
    "reason": None,
    "due_at": None,
    "told": 148,
    "begun_at": "2026-03-02T01:45:01+00:00",
    "finished_at": "2026-03-02T01:45:02+00:00",
}
EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-7a10-7f51-8d4b-7f2f3ad1d000",
    **{name: value for name, value in INPUT_EXAMPLE.items() if name != "unit"},
    "unit_code": "83",
    "unit_name": "Tỉnh Bến Tre",
    "unit_path": "83/",
    "levels": [],
    "edition": 1,
    "issued_at": "2026-03-02T01:45:00+00:00",
    "issued_by": "van-phong-tinh-uy",
    "recalled_at": None,
    "files": [],
    "broadcasts": [_BROADCAST],
    "version": 1,
}
EDITION_EXAMPLE: dict[str, Any] = {
    "edition": 1,
    **{name: EXAMPLE[name] for name in ("title", "body", "pass_on_by")},
    "reason": None,
    "at": EXAMPLE["issued_at"],
    "by": EXAMPLE["issued_by"],
}
RECEIPT_EXAMPLE: dict[str, Any] = {
    "official_id": "0198d0f6-5a43-7d1e-8f0e-6a1f4d1c2b3a",
    "full_name": "Nguyễn Văn An",
    "place": "Xã Mỹ Thạnh",
    "unit_path": "83/834/28993/",
    "delivered": True,
    "mailed": True,
    "opened_at": "2026-03-02T02:00:00+00:00",
    "read_at": "2026-03-02T02:01:00+00:00",
    "passed_on": PASSED_ON_EXAMPLE["on"],
    "passed_on_to": PASSED_ON_EXAMPLE["to"],
    "note": None,
}
STATISTICS_EXAMPLE: dict[str, Any] = {
    "items": [
        {
            "path": "83/834/",
            "name": "Huyện Giồng Trôm",
            "addressed": 22,
            "delivered": 22,
            "mailed": 21,
            "opened": 20,
            "read": 19,
            "passed_on": 12,
        }
    ]
}
