"""Threads as the API reads and shows them."""

from typing import Any

from marshmallow import fields, validate

from services.visits.issues.schemas import IssueOutput
from services.visits.threads.rules import COMMENT_LONGEST, REASON_LONGEST, REASON_SHORTEST, LinkKind, Visibility
from services.visits.timeline.schemas import ActorOutput, LineText
from shared.web.schemas import CursorArgs, Input, Output, Text

_OPTIONAL: Any = {"load_default": None, "allow_none": True}


class CommentInput(Input):
    """Something to say."""

    text = Text(required=True, max=COMMENT_LONGEST, lines=True)
    visible_to = fields.String(
        load_default=Visibility.ALL,
        validate=validate.OneOf(list(Visibility)),
        metadata={"description": "all: whoever may read the issue; officials: only tokens with visits:write"},
    )
    official = fields.UUID(metadata={"description": "The official who says it"}, **_OPTIONAL)


class WithdrawalInput(Input):
    """Why a comment is taken back."""

    reason = Text(required=True, min=REASON_SHORTEST, max=REASON_LONGEST, lines=True)
    official = fields.UUID(metadata={"description": "The official who wrote it, if one did"}, **_OPTIONAL)


class LinkInput(Input):
    """What an issue has to do with."""

    kind = fields.String(required=True, validate=validate.OneOf(list(LinkKind)))
    target = Text(
        max=60, metadata={"description": "Id of the visit or feedback; id or code of the issue"}, **_OPTIONAL
    )
    number = Text(max=100, metadata={"description": "document: its number", "example": "182-QĐ/TU"}, **_OPTIONAL)
    title = Text(max=500, metadata={"description": "document: its title"}, **_OPTIONAL)
    url = fields.Url(
        schemes={"http", "https"},
        require_tld=False,
        validate=validate.Length(max=2000),
        metadata={"description": "document: where it can be read"},
        **_OPTIONAL,
    )
    official = fields.UUID(metadata={"description": "The official who links it"}, **_OPTIONAL)


class WatchedFilters(CursorArgs):
    """Whose issues."""

    official = fields.UUID(required=True, metadata={"description": "The official who watches"})


class WithdrawnOutput(Output):
    """That a comment was taken back."""

    at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)


class CommentOutput(Output):
    """What somebody said."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    actor = fields.Nested(ActorOutput, required=True)
    text = fields.String(required=True, allow_none=True, metadata={"description": "null: withdrawn"})
    visible_to = fields.String(required=True, validate=validate.OneOf(list(Visibility)))
    withdrawn = fields.Nested(WithdrawnOutput, required=True, allow_none=True)


class ThreadEntryOutput(Output):
    """Something said or something that happened."""

    at = fields.AwareDateTime(required=True)
    kind = fields.String(
        required=True, metadata={"description": "comment, or the kind of what happened as on the timeline"}
    )
    actor = fields.Nested(ActorOutput, required=True)
    text = fields.Nested(
        LineText, required=True, allow_none=True, metadata={"description": "The line; null for a comment"}
    )
    comment = fields.Nested(CommentOutput, required=True, allow_none=True)


class ThreadOfficialOutput(Output):
    """An official."""

    id = fields.UUID(required=True)
    full_name = fields.String(required=True)


class WatcherOutput(Output):
    """Who watches, and since when."""

    official = fields.Nested(ThreadOfficialOutput, required=True)
    since = fields.AwareDateTime(required=True)


class WatchedOutput(IssueOutput):
    """An issue that an official watches."""

    since = fields.AwareDateTime(required=True)


class LinkedIssueOutput(Output):
    """The other issue."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)


class LinkedDocumentOutput(Output):
    """A document."""

    number = fields.String(required=True)
    title = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)


class LinkOutput(Output):
    """What an issue has to do with."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(LinkKind)))
    target = fields.UUID(required=True, allow_none=True, metadata={"description": "The visit or feedback"})
    issue = fields.Nested(LinkedIssueOutput, required=True, allow_none=True)
    document = fields.Nested(LinkedDocumentOutput, required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)
    actor = fields.Nested(ActorOutput, required=True)


COMMENT_EXAMPLE: dict[str, Any] = {"text": "Đã làm việc với Trạm thủy nông, thứ Hai sẽ sửa cống."}
WITHDRAWAL_EXAMPLE: dict[str, Any] = {"reason": "Ghi nhầm vào vấn đề khác."}
LINK_EXAMPLE: dict[str, Any] = {"kind": "document", "number": "12/TB-UBND", "title": "Thông báo đóng cống ngăn mặn"}
