"""Reading requests strictly: what is malformed, of another type or unknown is refused, naming the field."""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar
from urllib.parse import unquote_to_bytes

import flask_smorest
import orjson
from flask import current_app, request
from marshmallow import RAISE, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from shared.errors import BadInput

F = TypeVar("F", bound=Callable[..., Any])


class Parser(FlaskParser):
    """webargs, with JSON read by orjson (which refuses lone surrogates) and 415 for other media types."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE, "json": RAISE, "form": RAISE, "files": RAISE}

    def load_json(self, req: Any, schema: Any) -> Any:
        """The parsed body; raises 400 for what is not JSON and 415 for what does not claim to be."""
        if not req.is_json:
            raise UnsupportedMediaType("Send a body with Content-Type: application/json.")
        try:
            return orjson.loads(req.get_data())
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"The body is not valid JSON in UTF-8: {error}") from error

    def load_files(self, req: Any, schema: Any) -> Any:
        """The files of a form together with its other fields."""
        return self._makeproxy(CombinedMultiDict([req.files, req.form]), schema)

    def handle_error(
        self, error: ValidationError, req: Any, schema: Any, *, error_status_code: Any, error_headers: Any
    ) -> NoReturn:
        """A 422 that names each field."""
        refuse(dict(_flatten(error.normalized_messages())))


class Blueprint(flask_smorest.Blueprint):
    """A flask-smorest blueprint that reads strictly."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: Any, *, location: str = "json", **kwargs: Any) -> Any:
        """As in flask-smorest; also remembers that a view reads query arguments."""
        # webargs would make a new instance of a class for every request.
        instance = schema() if isinstance(schema, type) else schema
        decorate = super().arguments(instance, location=location, **kwargs)

        def decorator(function: Any) -> Any:
            wrapped = decorate(function)
            if location == "query":
                wrapped.reads_query = True
            return wrapped

        return decorator


def refuse(errors: dict[str, list[str]]) -> NoReturn:
    """Raise a 422 with messages per field."""
    raise BadInput("The input is not acceptable; see errors.", errors=errors)


def check_request() -> None:
    """Before every request: clean UTF-8 in the path and query, no query arguments nobody reads, no larger body than
    the view takes."""
    raw_target = f"{request.environ.get('PATH_INFO', '')}".encode("latin-1", "replace")
    view = view_method() if request.endpoint else None
    if (limit := getattr(view, "takes", None)) is not None:
        request.max_content_length = limit
    query = request.query_string
    for part in (raw_target, unquote_to_bytes(query)):
        try:
            decoded = part.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadRequest("The address is not valid UTF-8.") from error
        if "\x00" in decoded:
            raise BadRequest("The address holds a NUL character.")
    if query and view is not None and not getattr(view, "reads_query", False):
        refuse({name: ["Unknown field."] for name in request.args})


def takes(limit: int) -> Callable[[F], F]:
    """The view takes a body of up to `limit` bytes, more than others do."""

    def decorator(view: F) -> F:
        view.takes = limit  # type: ignore[attr-defined]
        return view

    return decorator


def view_method() -> Any:
    """The function that will answer this request (of a MethodView: its method)."""
    view = current_app.view_functions.get(request.endpoint or "")
    view_class = getattr(view, "view_class", None)
    if view_class is None:
        return view
    method = request.method.lower()
    return getattr(view_class, method, None) or (getattr(view_class, "get", None) if method == "head" else None)


def _flatten(messages: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """{"json": {"reporter": {"name": ["…"]}}} -> ("reporter.name", ["…"])."""
    if not path and isinstance(messages, dict):
        for inner in messages.values():
            yield from _flatten_fields(inner, "")
    else:
        yield from _flatten_fields(messages, path)


def _flatten_fields(messages: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            step = str(name) if name != "_schema" else ""
            yield from _flatten_fields(inner, ".".join(filter(None, (path, step))))
    else:
        yield path or "body", [str(each) for each in (messages if isinstance(messages, list) else [messages])]
