"""The overview, and what pages have in common. All work without JavaScript."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template

from services.portal.client import Api, Unreachable
from services.portal.texts import LANGUAGES, Texts, choose_language

blueprint = Blueprint("pages", __name__)

_PART_TIME = 2.0  # seconds a service may take to say how it is

# How an answer of the API becomes a page: title and hint in texts.
LINK_ERRORS = {404: "link_bad", 410: "link_expired", 429: "too_many"}


def apis() -> dict[str, Api]:
    """The services, by name."""
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
    with ThreadPoolExecutor(len(apis())) as pool:
        asked = [pool.submit(copy_context().run, _state, api) for api in apis().values()]
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


@blueprint.get("/healthz")
@blueprint.get("/portal/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/portal/readyz")
def readyz() -> tuple[Response, int]:
    """Whether links can be shown: the notifications API answers."""
    try:
        state = "ok" if apis()["notifications"].get("/healthz", timeout=_PART_TIME).status == 200 else "not ready"
    except Unreachable:
        state = "not reachable"
    return jsonify(ready=state == "ok", parts={"notifications_api": state}), 200 if state == "ok" else 503
