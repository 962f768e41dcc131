"""RFC 9457 problem+json for every error, wherever it arises."""

from typing import Any

import orjson
from flask import Flask, Response, request
from marshmallow import INCLUDE, Schema, fields
from werkzeug.exceptions import HTTPException, InternalServerError

from shared import logs, trace
from shared.errors import DomainError

log = logs.get_logger()

MEDIA_TYPE = "application/problem+json"


class Problem(Schema):
    """The body of every error answer (RFC 9457)."""

    type = fields.String(metadata={"description": "about:blank: the status says what kind of problem it is"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(metadata={"description": "What is wrong, for a person"})
    instance = fields.String(metadata={"description": "The path that was asked"})
    correlation_id = fields.String(metadata={"description": "Quote it when asking for help"})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Field name to what is wrong with it"},
    )

    class Meta:
        """A problem may say more of itself (RFC 9457, 3.2), such as what it clashes with."""

        unknown = INCLUDE


def problem(status: int, title: str, detail: str | None = None, **extra: Any) -> Response:
    """A problem answer."""
    body = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    body |= {"instance": request.path, "correlation_id": trace.current().correlation_id}
    body |= {key: value for key, value in extra.items() if value is not None}
    return Response(orjson.dumps(body), status, mimetype=MEDIA_TYPE)


def install(app: Flask) -> None:
    """Answer every error of this application as a problem."""
    app.register_error_handler(DomainError, _on_domain_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_crash)


def _on_domain_error(error: DomainError) -> Response:
    errors = {error.field: [error.message]} if error.field else None
    extra = {"errors": errors, **error.extra}
    response = problem(error.status, error.title, error.message, **extra)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="caunoi", error="invalid_token"'
    return response


def _on_http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:  # a redirect is no problem
        return error.get_response()  # type: ignore[return-value]
    data = getattr(error, "data", None) or {}
    response = problem(error.code, error.name, error.description, errors=data.get("errors"))
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def _on_crash(error: Exception) -> Response:
    log.error("request_crashed", path=request.path, method=request.method, exc_info=error)
    return problem(500, InternalServerError().name, "Something went wrong on our side; it has been logged.")
