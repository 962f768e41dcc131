"""Signing in, choosing a password, one's own account. All work without JavaScript."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

import segno
from flask import Blueprint, redirect, request, url_for
from markupsafe import Markup

from services.portal import visitor
from services.portal.client import Answer, Unreachable
from services.portal.errors import error_page
from services.portal.pages import page
from services.portal.visitor import SignedOut, api, call, check_form, goodbye, welcome

blueprint = Blueprint("account", __name__)

F = TypeVar("F", bound=Callable[..., Any])
Page = Any  # a Response of Flask or of Werkzeug


def guarded(view: F) -> F:
    """Forms are checked; who is not signed in goes to the sign-in page; a service that is away gets its page."""

    @wraps(view)
    def careful(**kwargs: Any) -> Page:
        if request.method == "POST":
            check_form()
        try:
            return view(**kwargs)
        except SignedOut:
            return _to("sign_in")
        except Unreachable:
            return error_page(503, "unavailable", {"Retry-After": "30"})

    return careful  # type: ignore[return-value]


def _to(endpoint: str, **values: Any) -> Page:
    return redirect(url_for(f"account.{endpoint}", **values), 303)


def _sent(name: str) -> str:
    return request.form.get(name, "")


def _fault(answer: Answer) -> str:
    """The name of the text that says what is wrong."""
    if answer.status == 429:
        return "too_many"
    if weakness := answer.body.get("weakness"):
        return f"weak_{weakness}"
    errors = answer.body.get("errors") or {}
    names = {"current": "wrong_current", "code": "wrong_code", "password": "weak_length"}
    return next((names[each] for each in errors if each in names), "not_accepted")


@blueprint.route("/dang-nhap", methods=["GET", "POST"])
@guarded
def sign_in() -> Page:
    """E-mail and password."""
    if request.method == "GET":
        return _sign_in_page()
    given = {"email": _sent("email"), "password": _sent("password")}
    answer = api().send("POST", "/sign-in", given)
    if answer.body.get("code_needed"):
        return page("code.html", challenge=answer.body["challenge"])
    if answer.status != 200:
        fault = "too_many" if answer.status == 429 else "wrong_password"
        return _sign_in_page(answer.status, email=given["email"], fault=fault)
    welcome(answer.body)
    return _to("account")


def _sign_in_page(status: int = 200, email: str = "", fault: str | None = None) -> Page:
    provider = api().send("GET", "/oidc").body.get("name")
    return page("sign_in.html", status, email=email, fault=fault, provider=provider)


@blueprint.get("/dang-nhap/oidc/bat-dau")
@guarded
def begin_oidc() -> Page:
    """To the OpenID provider; what belongs to this sign-in stays in this browser."""
    answer = api().send("POST", "/oidc/flows")
    if answer.status != 200:
        return error_page(503, "unavailable", {"Retry-After": "30"})
    visitor.keep_flow(answer.body["flow"])
    return redirect(answer.body["address"], 302)


@blueprint.get("/dang-nhap/oidc")
@guarded
def end_oidc() -> Page:
    """Back from the OpenID provider."""
    given = {name: request.args.get(name, "") for name in ("state", "code")} | {"flow": visitor.take_flow()}
    answer = api().send("POST", "/oidc/sign-in", given)
    if answer.status != 200:
        return _sign_in_page(answer.status, fault="not_vouched")
    welcome(answer.body)
    return _to("account")


@blueprint.post("/dang-nhap/ma")
@guarded
def sign_in_code() -> Page:
    """The second step."""
    given = {"challenge": _sent("challenge"), "code": _sent("code").replace(" ", "")}
    answer = api().send("POST", "/sign-in/code", given)
    if answer.status == 200:
        welcome(answer.body)
        return _to("account")
    if answer.body.get("code_needed") or answer.status in (422, 429):
        fault = "too_many" if answer.status == 429 else "wrong_code"
        return page("code.html", answer.status, challenge=given["challenge"], fault=fault)
    return _to("sign_in")


@blueprint.post("/dang-xuat")
@guarded
def sign_out() -> Page:
    """Here, and only here."""
    token = request.cookies.get(visitor.cookie(visitor.REFRESH))
    goodbye()
    if token:
        api().send("POST", "/sign-out", {"refresh_token": token})
    return _to("sign_in")


@blueprint.route("/quen-mat-khau", methods=["GET", "POST"])
@guarded
def forgot() -> Page:
    """A link by e-mail; the page says the same whether or not there is such an account."""
    if request.method == "GET":
        return page("forgot.html")
    answer = api().send("POST", "/password-resets", {"email": _sent("email")})
    if answer.status != 202:
        return page("forgot.html", answer.status, fault=_fault(answer))
    return page("message.html", name="reset_sent")


@blueprint.route("/mat-khau/<token>", methods=["GET", "POST"])
@guarded
def choose_password(token: str) -> Page:
    """Over the link of a mail. Opening it changes nothing: mail scanners open links, too."""
    if request.method == "GET":
        return page("password.html", own=False)
    if _sent("password") != _sent("again"):
        return page("password.html", 422, own=False, fault="not_the_same")
    answer = api().send("POST", "/passwords", {"token": token, "password": _sent("password")})
    if answer.status in (404, 410):
        return error_page(answer.status, "link_bad" if answer.status == 404 else "link_used")
    if answer.status != 204:
        return page("password.html", answer.status, own=False, fault=_fault(answer))
    goodbye()
    return page("message.html", name="password_set", sign_in=True)


@blueprint.get("/tai-khoan")
@guarded
def account() -> Page:
    """One's own account."""
    me, sessions = call("GET", "/me"), call("GET", "/me/sessions")
    if me.status != 200:
        return error_page(503, "unavailable", {"Retry-After": "30"})
    return page("account.html", me=me.body, sessions=sessions.body.get("items", []), fault=request.args.get("loi"))


@blueprint.route("/tai-khoan/mat-khau", methods=["GET", "POST"])
@guarded
def change_password() -> Page:
    """Knowing the one there is."""
    if request.method == "GET":
        return page("password.html", own=True)
    if _sent("password") != _sent("again"):
        return page("password.html", 422, own=True, fault="not_the_same")
    answer = call("PUT", "/me/password", {"current": _sent("current"), "password": _sent("password")})
    if answer.status != 204:
        return page("password.html", answer.status, own=True, fault=_fault(answer))
    goodbye()
    return page("message.html", name="password_set", sign_in=True)


@blueprint.post("/tai-khoan/dang-xuat-moi-noi")
@guarded
def sign_out_everywhere() -> Page:
    """Here, too."""
    call("DELETE", "/me/sessions")
    goodbye()
    return _to("sign_in")


@blueprint.post("/tai-khoan/phien/<session_id>")
@guarded
def end_session(session_id: str) -> Page:
    """One of the places one is signed in at."""
    call("DELETE", f"/me/sessions/{quote(session_id, safe='')}")
    return _to("account")


@blueprint.post("/tai-khoan/ma")
@guarded
def enrol() -> Page:
    """A secret for an authenticator, shown this once."""
    answer = call("POST", "/me/authenticator")
    if answer.status != 201:
        return _to("account")
    secret = answer.body["secret"]
    groups = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    address = answer.body["address"]
    return page("authenticator.html", address=address, picture=qr_code(address), secret=groups)


def qr_code(address: str) -> Markup:
    """The address as a picture, dark on light whatever the theme: a phone reads it from the screen."""
    return Markup(segno.make(address, micro=False).svg_inline(scale=4, light="#fff", svgclass="qr"))


@blueprint.post("/tai-khoan/ma/xac-nhan")
@guarded
def confirm() -> Page:
    """The first code; the recovery codes are shown this once."""
    answer = call("POST", "/me/authenticator/confirmation", {"code": _sent("code").replace(" ", "")})
    if answer.status != 200:
        return page("authenticator.html", answer.status, address=None, secret=None, fault="wrong_code")
    return page("recovery.html", codes=answer.body["recovery_codes"])


@blueprint.post("/tai-khoan/ma/tat")
@guarded
def remove() -> Page:
    """No codes any more; it takes the password."""
    answer = call("POST", "/me/authenticator/removal", {"current": _sent("current")})
    return _to("account", loi=None if answer.status == 204 else "wrong_current")
