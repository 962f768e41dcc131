"""Idempotency-Key (IETF draft): the same POST sent twice is done once and answered the same."""

import hashlib

from flask import Response, g, request
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from shared.errors import BadInput, Conflict
from shared.messaging.schema import idempotency_keys as table

HEADER = "Idempotency-Key"
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


def key_of_request() -> str | None:
    """The key of an authenticated POST, without its quotes; raises BadInput when it is malformed."""
    if request.method != "POST" or HEADER not in request.headers or "principal" not in g:
        return None
    key = request.headers[HEADER].strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise BadInput("Send 1 to 255 printable ASCII characters.", field=HEADER)
    return key


def replay(session: Session, key: str) -> Response | None:
    """The answer given before, or None: then the key is locked until this transaction ends.
    Raises Conflict while the first request still runs, BadInput when the key was used for another one."""
    client = g.principal.client_id
    if not session.execute(_TRY_LOCK, {"name": f"{client}\n{key}"}).scalar_one():
        raise Conflict("A request with this Idempotency-Key is still running.", field=HEADER)
    found = session.execute(select(table).where(table.c.client_id == client, table.c.key == key)).one_or_none()
    if found is None:
        return None
    if found.request_digest != _digest():
        raise BadInput("This key was already used for another request.", field=HEADER)
    return Response(found.body, found.status, {**found.headers, "Idempotent-Replay": "true"})


def keep(session: Session, key: str, response: Response) -> None:
    """Remember the answer in the transaction of the write."""
    session.execute(
        insert(table).values(
            client_id=g.principal.client_id,
            key=key,
            request_digest=_digest(),
            status=response.status_code,
            body=response.get_data(as_text=True),
            headers={name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
        )
    )


def _digest() -> str:
    target = f"{request.method} {request.full_path}\n".encode()
    if request.mimetype != "multipart/form-data":
        return hashlib.sha256(target + request.get_data()).hexdigest()
    # The same form is put into another envelope each time it is sent.
    digest = hashlib.sha256(target)
    for name, value in sorted(request.form.items(multi=True)):
        digest.update(f"{name}={hashlib.sha256(value.encode()).hexdigest()}\n".encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda each: each[0]):
        digest.update(f"{name}={file.filename}\n".encode())
        file.stream.seek(0)  # the view may have read it
        digest.update(hashlib.sha256(file.stream.read()).digest())
        file.stream.seek(0)
    return digest.hexdigest()
