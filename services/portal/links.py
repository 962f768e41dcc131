"""The pages behind the link of a mail: what there is to acknowledge, and the buttons.

Opening a page changes nothing: mail scanners open links, too. A button posts, and the result is shown by a GET, so
that reloading it presses nothing again. No other site can press one: only who was sent the link knows its token.
"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for

from services.portal.client import Answer, Unreachable
from services.portal.errors import error_page
from services.portal.pages import apis, page
from services.portal.texts import LANGUAGES
from shared import clock

blueprint = Blueprint("links", __name__)

# How an answer of the API becomes a page: title and hint in texts.
_ERRORS = {404: "link_bad", 410: "link_expired", 429: "too_many"}

_ANSWERS = ("taken", "handed_over", "declined", "returned")


class _Refused(Exception):
    """The API's answer is a page of its own."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


@blueprint.errorhandler(_Refused)
def refused(error: _Refused) -> Response:
    """Show it."""
    return error.response


@blueprint.get("/xac-nhan/<token>")
def show(token: str) -> Response:
    """What there is to acknowledge, and the buttons."""
    return _matter(_ask("GET", _path(token)))


@blueprint.post("/xac-nhan/<token>")
def act(token: str) -> Response:
    """A button was pressed."""
    form = request.form  # read first: what is refused here changes nothing
    lang, pressed = form.get("lang"), form.get("act", "acknowledge")
    if pressed in _ANSWERS:
        said = {"answer": pressed, "reason": form.get("reason", "").strip() or None}
        if pressed == "handed_over":
            said["to"] = form.get("to") or None
        answer = _ask("POST", f"{_path(token)}/answers", said)
        if answer.status != 200:
            return _again(token, pressed, answer.status)
    elif pressed == "passed_on":
        answer = _ask("POST", f"/directive-links/{quote(token, safe='')}/receipt", _passed_on())
        if answer.status != 200:
            return _matter(_ask("GET", _path(token)), "day_and_to", pressed)
    else:
        _ask("POST", _path(token))
    target = url_for("links.show", token=token, lang=lang if lang in LANGUAGES else None)
    return redirect(target, 303)  # type: ignore[return-value]


@blueprint.get("/xac-nhan/<token>/chuyen")
def hand_over(token: str) -> Response:
    """Whom to hand it over to."""
    return _colleagues(token, request.args.get("q", ""))


def _again(token: str, pressed: str, status: int) -> Response:
    """What was sent does not do: the same page with what is missing, and with what was written."""
    fault = (
        "cannot_give_back" if status == 409 else "to_and_reason" if pressed == "handed_over" else "reason_needed"
    )
    if pressed == "handed_over":
        return _colleagues(token, request.form.get("q", ""), fault)
    return _matter(_ask("GET", _path(token)), fault, pressed)


def _matter(answer: Answer, fault: str | None = None, pressed: str | None = None) -> Response:
    told = answer.body
    if told.get("directive"):
        return _directive(told, fault)
    values = {"told": told, "issue": told["issue"], "fault": fault, "pressed": pressed}
    written = request.form.get("reason", "")
    status = 422 if fault else 200
    return page("acknowledgement.html", status, language=told["language"], written=written, **values)


def _directive(told: dict[str, Any], fault: str | None) -> Response:
    token = (request.view_args or {})["token"]
    receipt = _ask("GET", f"/directive-links/{quote(token, safe='')}/receipt").body
    values = {"told": told, "directive": told["directive"], "receipt": receipt, "token": token, "fault": fault}
    values |= {"written": request.form, "today": clock.today().isoformat()}
    return page("directive.html", 422 if fault else 200, language=told["language"], **values)


def _passed_on() -> dict[str, Any]:
    form = request.form
    note = form.get("note", "").strip() or None
    return {"on": form.get("on", ""), "to": form.get("to", "").strip(), "note": note}


@blueprint.get("/xac-nhan/<token>/tep/<uuid:file_id>")
def file(token: str, file_id: UUID) -> Response:
    """A file of a directive."""
    try:
        kind, disposition, content = apis()["notifications"].download(
            f"/directive-links/{quote(token, safe='')}/files/{file_id}"
        )
    except Unreachable:
        return error_page(404, "link_bad")
    headers = {"Content-Disposition": disposition, "Content-Type": kind}
    return Response(content, headers=headers)


def _colleagues(token: str, q: str, fault: str | None = None) -> Response:
    told = _ask("GET", _path(token)).body
    q = q.strip()[:100]
    found = _ask("GET", f"{_path(token)}/colleagues" + (f"?q={quote(q, safe='')}" if q else ""))
    values: dict[str, Any] = {"told": told, "issue": told["issue"], "q": q, "token": token, "fault": fault}
    values |= {"people": found.body["items"], "written": request.form.get("reason", "")}
    return page("hand_over.html", 422 if fault else 200, language=told["language"], **values)


def _path(token: str) -> str:
    return f"/acknowledgements/{quote(token, safe='')}"


def _ask(method: str, path: str, said: dict[str, Any] | None = None) -> Answer:
    """The API's answer: 200, or 409 or 422 to what was said. Raises _Refused with a page for any other."""
    api = apis()["notifications"]
    try:
        answer = api.post(path, said) if method == "POST" else api.get(path)
    except Unreachable:
        raise _Refused(_unavailable()) from None
    if answer.status == 200 or (said is not None and answer.status in (409, 422)):
        return answer
    known = _ERRORS.get(answer.status)
    raise _Refused(error_page(answer.status, known) if known else _unavailable())


def _unavailable() -> Response:
    return error_page(503, "unavailable", {"Retry-After": "30"})
