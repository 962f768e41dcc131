"""The HTTP interface of files."""

from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

from flask import Response, current_app, request
from flask.views import MethodView

from services.visits.files import actions, queries
from services.visits.files.clearing import keep
from services.visits.files.examining import examine
from services.visits.files.model import File
from services.visits.files.schemas import (
    EXAMPLE,
    PAGE_EXAMPLE,
    FileFilters,
    FileOutput,
    UploadForm,
)
from services.visits.files.store import Missing, Store, thumbnail_key
from shared import logs
from shared.errors import NotFound
from shared.text import fold
from shared.web.auth import principal, requires
from shared.web.input import Blueprint, takes
from shared.web.schemas import page_of
from shared.web.service import ServiceApp, session

log = logs.get_logger()

FORM = 64 * 1024  # bytes of the form around the file


def files_blueprint(store: Store, limit: int) -> Blueprint:
    """The endpoints of files, over a store; `limit` is the largest file in bytes."""
    blueprint = Blueprint("files", __name__, description="Photographs and documents")

    @blueprint.route("/files")
    class Files(MethodView):
        """All files inside the territory."""

        @requires("visits:write")
        @takes(limit + FORM)
        @blueprint.arguments(UploadForm, location="files")
        @blueprint.response(201, FileOutput, example=EXAMPLE | {"subject_kind": None, "subject_id": None})
        def post(self, given: dict[str, Any]) -> tuple[File, int, dict[str, str]]:
            """Upload a file; attach it within two days, or it is cleared away. What a picture says of where it was
            taken is removed."""
            uploading = actions.allow(session(), given, principal())
            examined = examine(given["file"].read(limit + 1), given["file"].filename or "", limit)
            keep(cast(ServiceApp, current_app).sessions, store, examined)
            file = actions.upload(session(), uploading, examined)
            return file, 201, {"Location": f"{request.path}/{file.id}"}

        @requires("visits:read")
        @blueprint.arguments(FileFilters, location="query")
        @blueprint.response(200, page_of(FileOutput), example=PAGE_EXAMPLE)
        def get(self, filters: dict[str, Any]) -> dict[str, Any]:
            """List files, newest first."""
            return queries.page(session(), filters, principal())

    @blueprint.route("/files/<uuid:file_id>")
    class OneFile(MethodView):
        """One file."""

        @requires("visits:read")
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
        @blueprint.alt_response(404, description="No such file inside the territory")
        def get(self, file_id: UUID) -> Response:
            """Download a file; it is offered for saving, never shown in the page."""
            file = queries.one(session(), file_id, principal())
            return _sent(store, file, file.sha256, file.type, file.name)

        @requires("visits:write")
        @blueprint.response(204)
        @blueprint.alt_response(404, description="No such file inside the territory")
        def delete(self, file_id: UUID) -> None:
            """Take back a file that is attached to nothing yet."""
            actions.take_back(session(), file_id, principal())

    @blueprint.route("/files/<uuid:file_id>/thumbnail")
    class Thumbnail(MethodView):
        """The small picture of a file."""

        @requires("visits:read")
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/webp")
        @blueprint.alt_response(404, description="No such file inside the territory, or it is no picture")
        def get(self, file_id: UUID) -> Response:
            """Read the small picture of a picture, 320 pixels at the most."""
            file = queries.one(session(), file_id, principal())
            if not file.thumbnail:
                raise NotFound("There is no small picture of this file.")
            return _sent(
                store, file, thumbnail_key(file.sha256), "image/webp", f"{file.name.rpartition('.')[0]}.webp"
            )

    return blueprint


def _sent(store: Store, file: File, key: str, type_: str, name: str) -> Response:
    answer = Response(status=200, mimetype=type_)
    # RFC 6266: the name in UTF-8, and one for those who read ASCII only.
    plain = fold(name).encode("ascii", "replace").decode().replace("?", "_")
    names = {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", **names)
    # Asked again each time: whether this token may still see it. Nothing in it may run, wherever it is opened.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.set_etag(key)
    answer.make_conditional(request)
    if answer.status_code == 304:
        return answer
    try:
        answer.response = store.read(key)
    except Missing:
        log.error("content_missing", file_id=str(file.id), content=key)
        raise
    return answer
