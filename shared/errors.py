"""The one error vocabulary. A class's docstring is its default message."""

from typing import Any


class DomainError(Exception):
    """Something went wrong."""

    status = 500
    title = "Internal Server Error"

    def __init__(self, message: str | None = None, *, field: str | None = None, **extra: Any) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.field = field
        self.extra = extra
        super().__init__(self.message)


class BadInput(DomainError):
    """The input is not acceptable."""

    status = 422
    title = "Unprocessable Content"


class Unauthorized(DomainError):
    """A valid access token is needed."""

    status = 401
    title = "Unauthorized"


class Forbidden(DomainError):
    """The access token does not allow this."""

    status = 403
    title = "Forbidden"


class NotFound(DomainError):
    """There is no such record, or it lies outside your territory."""

    status = 404
    title = "Not Found"


class Gone(DomainError):
    """This is no longer available."""

    status = 410
    title = "Gone"


class Conflict(DomainError):
    """The request conflicts with what is already recorded."""

    status = 409
    title = "Conflict"


class RuleBroken(Conflict):
    """A rule of the domain does not allow this."""


class PreconditionFailed(DomainError):
    """The record has changed since you read it; read it again."""

    status = 412
    title = "Precondition Failed"


class PreconditionRequired(DomainError):
    """Send If-Match with the ETag you read, so that nobody's change is lost."""

    status = 428
    title = "Precondition Required"
