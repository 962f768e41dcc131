"""The pages behind the links of a grouped mail. All work without JavaScript; opening one changes nothing."""

from urllib.parse import quote

from flask import Blueprint, Response, current_app, redirect, request, url_for

from services.portal.client import Answer, Api, Unreachable
from services.portal.errors import error_page
from services.portal.pages import LINK_ERRORS, page
from services.portal.texts import LANGUAGES

blueprint = Blueprint("grouped", __name__)


@blueprint.get("/xac-nhan-tat-ca/<token>")
def show_all(token: str) -> Response:
    """Everything that one mail listed, and one button for all of it."""
    answer = _ask("GET", "bundle-acknowledgements", token)
    return answer if isinstance(answer, Response) else _bundle_page(answer)


@blueprint.post("/xac-nhan-tat-ca/<token>")
def acknowledge_all(token: str) -> Response:
    """The button. No other site can press it: only whoever was sent the link knows its token."""
    lang = request.form.get("lang")  # read first: what is refused here acknowledges nothing
    answer = _ask("POST", "bundle-acknowledgements", token)
    if isinstance(answer, Response):
        return answer
    # Shown by a GET, so that reloading the result presses nothing again.
    target = url_for("grouped.show_all", token=token, lang=lang if lang in LANGUAGES else None)
    return redirect(target, 303)  # type: ignore[return-value]


@blueprint.get("/huy-nhan/<token>")
def show_subscription(token: str) -> Response:
    """Whether digests are sent, and the button that ends them. Opening it changes nothing (RFC 8058, 3.2)."""
    answer = _ask("GET", "unsubscriptions", token)
    return answer if isinstance(answer, Response) else _subscription_page(answer)


@blueprint.post("/huy-nhan/<token>")
def unsubscribe(token: str) -> Response:
    """The button, and what a mail program sends for its reader (RFC 8058): the page itself answers, because such
    programs follow no redirect."""
    request.form.get("List-Unsubscribe")  # reads the form, so that one that is too large is refused first
    answer = _ask("POST", "unsubscriptions", token)
    return answer if isinstance(answer, Response) else _subscription_page(answer)


def _bundle_page(answer: Answer) -> Response:
    items = answer.body["items"]
    left = sum(not each["acknowledged_at"] for each in items)
    return page("bundle.html", language=answer.body["language"], told=answer.body, items=items, left=left)


def _subscription_page(answer: Answer) -> Response:
    return page("unsubscribe.html", language=answer.body["language"], subscribed=answer.body["subscribed"])


def _ask(method: str, what: str, token: str) -> Answer | Response:
    api: Api = current_app.extensions["apis"]["notifications"]
    path = f"/{what}/{quote(token, safe='')}"
    try:
        answer = api.post(path) if method == "POST" else api.get(path)
    except Unreachable:
        return error_page(503, "unavailable", {"Retry-After": "30"})
    if answer.status == 200:
        return answer
    known = LINK_ERRORS.get(answer.status)
    return error_page(answer.status, known) if known else error_page(503, "unavailable", {"Retry-After": "30"})
