"""Who is before the browser: two cookies that only the portal reads, and forms that only its own pages send."""

import hmac
import secrets
from typing import Any

from flask import Response, abort, current_app, g, request

from services.portal.client import Answer, Api, Download

ACCESS, REFRESH, FORM, FLOW = "cn_access", "cn_refresh", "cn_form", "cn_flow"
REFRESH_LASTS = 7 * 24 * 3600  # seconds, as the service gives them
_EARLY = 30  # seconds before an access token runs out, for the way


class SignedOut(Exception):
    """Nobody is signed in here, or no more."""


def api(service: str = "assignments") -> Api:
    """A service; the one that knows accounts unless another is named."""
    found: Api = current_app.extensions["apis"][service]
    return found


def call(
    method: str, path: str, json: Any = None, *, service: str = "assignments", version: int | None = None
) -> Answer:
    """Ask on behalf of who is signed in; raises SignedOut, Unreachable."""
    answer = api(service).send(method, path, json, token=_access(), version=version)
    if answer.status == 401:
        raise SignedOut
    return answer


def upload(path: str, form: dict[str, str], name: str, content: bytes) -> Answer:
    """Hand in a file on behalf of who is signed in; raises SignedOut, Unreachable."""
    answer = api().upload(path, form, name, content, token=_access())
    if answer.status == 401:
        raise SignedOut
    return answer


def download(path: str) -> Download:
    """A file for who is signed in; raises SignedOut, Unreachable."""
    found = api().stream(path, token=_access())
    if found.status == 401:
        raise SignedOut
    return found


def is_signed_in() -> bool:
    """As far as the browser says."""
    return cookie(REFRESH) in request.cookies and not g.get("cookies_gone", False)


def welcome(tokens: dict[str, Any]) -> None:
    """Keep the tokens of a sign-in or a renewal in the browser; a repeat brings no refresh token."""
    g.access = tokens["access_token"]
    _set(ACCESS, g.access, max(int(tokens["expires_in"]) - _EARLY, 1))
    if "refresh_token" in tokens:
        _set(REFRESH, tokens["refresh_token"], REFRESH_LASTS)


def goodbye() -> None:
    """Forget who was signed in."""
    g.cookies_gone = True
    for name in (ACCESS, REFRESH):
        _set(name, "", 0)


def keep_flow(flow: str) -> None:
    """Until the browser is back from the OpenID provider."""
    _set(FLOW, flow, 600)


def take_flow() -> str:
    """What was kept, once."""
    _set(FLOW, "", 0)
    return request.cookies.get(cookie(FLOW), "")


def _access() -> str:
    known: str | None = g.get("access") or request.cookies.get(cookie(ACCESS))
    if known:
        return known
    token = request.cookies.get(cookie(REFRESH))
    if not token:
        raise SignedOut
    answer = api().post_form("oauth/token", {"grant_type": "refresh_token", "refresh_token": token})
    if answer.status != 200:
        goodbye()
        raise SignedOut
    welcome(answer.body)
    return str(g.access)


def form_token() -> str:
    """What a form of this browser has to hold (a cookie that no other site can read, sent twice)."""
    if "form_token" not in g:
        g.form_token = request.cookies.get(cookie(FORM)) or secrets.token_urlsafe(32)
        if cookie(FORM) not in request.cookies:
            _set(FORM, g.form_token, None)
    return str(g.form_token)


def check_form() -> None:
    """Refuse a form that another site sent: 403."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    known, sent = request.cookies.get(cookie(FORM), ""), request.form.get("form", "")
    if site not in ("same-origin", "none") or not known or not hmac.compare_digest(known.encode(), sent.encode()):
        abort(403)


def cookie(name: str) -> str:
    """The cookie's name; over https no other host may set it."""
    return f"__Host-{name}" if current_app.extensions["secure"] else name


def _set(name: str, value: str, max_age: int | None) -> None:
    g.setdefault("new_cookies", {})[name] = (value, max_age)


def send_cookies(response: Response) -> Response:
    """After every request: what it changed of the cookies."""
    for name, (value, max_age) in g.get("new_cookies", {}).items():
        response.set_cookie(
            cookie(name),
            value,
            max_age=max_age,
            secure=current_app.extensions["secure"],
            httponly=True,
            samesite="Lax",
        )
    return response
