"""The pages: an overview, and the one behind the link of a mail. All work without JavaScript."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for

from services.portal.client import Api, Unreachable
from services.portal.errors import error_page
from services.portal.texts import LANGUAGES, Texts, choose_language

blueprint = Blueprint("pages", __name__)

_PART_TIME = 2.0  # seconds a service may take to say how it is

# How an answer of the API becomes a page: title and hint in texts.
_LINK_ERRORS = {404: "link_bad", 410: "link_expired", 429: "too_many"}


def _apis() -> dict[str, Api]:
    return current_app.extensions["apis"]


def page(template: str, status: int = 200, *, language: str | None = None, **values: Any) -> Response:
    """A rendered page in the visitor's language."""
    texts = Texts(choose_language(language))
    body = render_template(template, t=texts, languages=LANGUAGES, **values)
    return Response(body, status, mimetype="text/html", headers={"Content-Language": texts.language})


@blueprint.get("/")
def overview() -> Response:
    """What this is, how its parts are, where to go on."""
    return page("overview.html", parts=_states(), has_mailbox=current_app.extensions["has_mailbox"])


def _states() -> list[dict[str, Any]]:
    with ThreadPoolExecutor(len(_apis())) as pool:
        asked = [pool.submit(copy_context().run, _state, api) for api in _apis().values()]
        return [each.result() for each in asked]


def _state(api: Api) -> dict[str, Any]:
    """{"name", "state": ok | not_ok | unreachable, "faults": {part: reason}}."""
    try:
        answer = api.get("/readyz", timeout=_PART_TIME)
    except Unreachable:
        return {"name": api.service, "state": "unreachable", "faults": {}}
    parts = answer.body.get("parts") or {}
    faults = {name: state for name, state in parts.items() if state != "ok"}
    return {"name": api.service, "state": "ok" if answer.status == 200 else "not_ok", "faults": faults}


@blueprint.get("/xac-nhan/<token>")
def show(token: str) -> Response:
    """What there is to acknowledge, and the button. Opening it changes nothing: mail scanners open links, too."""
    return _notification("GET", token)


@blueprint.post("/xac-nhan/<token>")
def acknowledge(token: str) -> Response:
    """The button. No other site can press it: only whoever was sent the link knows its token."""
    lang = request.form.get("lang")  # read first: what is refused here acknowledges nothing
    answer = _notification("POST", token)
    if answer.status_code != 200:
        return answer
    # Shown by a GET, so that reloading the result presses nothing again.
    target = url_for("pages.show", token=token, lang=lang if lang in LANGUAGES else None)
    return redirect(target, 303)  # type: ignore[return-value]


def _notification(method: str, token: str) -> Response:
    api = _apis()["notifications"]
    path = f"/acknowledgements/{quote(token, safe='')}"
    try:
        answer = api.post(path) if method == "POST" else api.get(path)
    except Unreachable:
        return error_page(503, "unavailable", {"Retry-After": "30"})
    if answer.status != 200:
        known = _LINK_ERRORS.get(answer.status)
        return error_page(answer.status, known) if known else error_page(503, "unavailable", {"Retry-After": "30"})
    return page(
        "acknowledgement.html", language=answer.body["language"], told=answer.body, issue=answer.body["issue"]
    )


@blueprint.get("/healthz")
@blueprint.get("/portal/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/portal/readyz")
def readyz() -> tuple[Response, int]:
    """Whether links can be shown: the notifications API answers."""
    try:
        state = "ok" if _apis()["notifications"].get("/healthz", timeout=_PART_TIME).status == 200 else "not ready"
    except Unreachable:
        state = "not reachable"
    return jsonify(ready=state == "ok", parts={"notifications_api": state}), 200 if state == "ok" else 503
