"""Lost updates are refused: a change names the version it was made from."""

from flask import request

from shared.errors import PreconditionFailed, PreconditionRequired


def etag_of(version: int) -> str:
    """The ETag header of a versioned record."""
    return f'"{version}"'


def check_if_match(version: int) -> None:
    """Raises PreconditionRequired without If-Match, PreconditionFailed when the record has moved on."""
    sent = request.headers.get("If-Match")
    if sent is None:
        raise PreconditionRequired()
    if sent.strip() not in ("*", etag_of(version)):
        raise PreconditionFailed()
