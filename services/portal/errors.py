"""Pages for what goes wrong."""

from collections.abc import Mapping

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from services.portal.texts import LANGUAGES, Texts, choose_language
from shared import logs

log = logs.get_logger()


def error_page(status: int, name: str, headers: Mapping[str, str] | None = None) -> Response:
    """A page that says what happened and what to do; `name` is that of its texts."""
    texts = Texts(choose_language())
    body = render_template("error.html", t=texts, languages=LANGUAGES, name=name, status=status)
    return Response(body, status, {"Content-Language": texts.language, **(headers or {})}, mimetype="text/html")


def install(app: Flask) -> None:
    """Answer every error of the application with a page."""

    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> Response:
        if error.code is None or error.code < 400:
            return error.get_response()  # type: ignore[return-value]
        allow = error.get_response().headers.get("Allow")
        name = "not_found" if error.code == 404 else "error"
        return error_page(error.code, name, {"Allow": allow} if allow else None)

    @app.errorhandler(Exception)
    def on_crash(error: Exception) -> Response:
        log.error("request_crashed", path=request.path, method=request.method, exc_info=error)
        return error_page(500, "error")
