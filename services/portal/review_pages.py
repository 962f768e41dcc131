"""Review campaigns: every assignment is looked at, then what was decided becomes real together. All work without
JavaScript."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, request, url_for

from services.portal.account_pages import guarded
from services.portal.client import Answer
from services.portal.errors import error_page
from services.portal.pages import page
from services.portal.visitor import call

blueprint = Blueprint("reviews", __name__)

Page = Any  # a Response of Flask or of Werkzeug
DECISIONS = ("keep", "change", "end")
_PAGE = 25  # assignments
_ALL = 100  # of what is listed whole
_SUCCESSORS = 20  # to choose from
_GIVEN = ("name", "unit", "deadline", "effective_on", "legal_basis")


@blueprint.get("/ra-soat")
@guarded
def reviews() -> Page:
    """The campaigns, and the form that begins one."""
    return _reviews({}, None)


@blueprint.post("/ra-soat")
@guarded
def begin() -> Page:
    """Begin a campaign."""
    given: dict[str, Any] = {name: request.form.get(name, "") for name in _GIVEN}
    given["posts"] = request.form.getlist("posts")
    answer = call("POST", "/reviews", given)
    if answer.status == 201:
        return _to("one", campaign_id=answer.body["id"])
    return _refused(answer) or _reviews(given, _fault(answer), 422)


@blueprint.get("/ra-soat/<uuid:campaign_id>")
@guarded
def one(campaign_id: UUID) -> Page:
    """A campaign: how far each unit is, and its assignments."""
    return _campaign(campaign_id)


@blueprint.get("/ra-soat/<uuid:campaign_id>/quyet-dinh")
@guarded
def history(campaign_id: UUID) -> Page:
    """Every decision taken in it."""
    path = f"/reviews/{campaign_id}"
    campaign, taken = call("GET", path), call("GET", f"{path}/history?{urlencode({'limit': _PAGE} | _cursor())}")
    for answer in (campaign, taken):
        if answer.status != 200:
            return _refused(answer) or error_page(404, "not_found")
    return page("review_history.html", it=campaign.body, taken=taken.body, posts=_posts())


@blueprint.post("/ra-soat/<uuid:campaign_id>/<uuid:assignment_id>")
@guarded
def decide(campaign_id: UUID, assignment_id: UUID) -> Page:
    """Keep, change or end one assignment; if that is refused it is shown alone, with what was typed."""
    given: dict[str, Any] = {name: request.form.get(name, "") for name in ("decision", "reason")}
    given["note"] = request.form.get("note", "").strip() or None
    typed = given | {"official": request.form.get("official", "").strip()}
    if given["decision"] == "change":
        found = _successors(typed["official"])
        if len(found) > 1:
            return _item(campaign_id, assignment_id, typed, "review_pick", found)
        given["official"] = found[0]["id"] if found else None
    answer = call("PUT", f"/reviews/{campaign_id}/items/{assignment_id}", given, version=_version())
    if answer.status == 200:
        return _to("one", campaign_id=campaign_id, **_shown(), _anchor=str(assignment_id))
    return _refused(answer) or _item(campaign_id, assignment_id, typed, _fault(answer))


@blueprint.get("/ra-soat/<uuid:campaign_id>/ap-dung")
@guarded
def preview(campaign_id: UUID) -> Page:
    """What would become real."""
    return _conclusion(campaign_id, None)


@blueprint.post("/ra-soat/<uuid:campaign_id>/ap-dung")
@guarded
def conclude(campaign_id: UUID) -> Page:
    """Let become real what the preview showed; refused if anybody has decided anything since."""
    given = {"dry_run": False, "keep_undecided": bool(request.form.get("keep_undecided"))}
    answer = _act(campaign_id, "application", given)
    if answer.status == 200:
        return _to("one", campaign_id=campaign_id)
    return _refused(answer) or _conclusion(campaign_id, _fault(answer), 422)


@blueprint.post("/ra-soat/<uuid:campaign_id>/huy")
@guarded
def cancel(campaign_id: UUID) -> Page:
    """End it without effect."""
    reason = request.form.get("reason", "")
    answer = _act(campaign_id, "cancellation", {"reason": reason})
    if answer.status == 200:
        return _to("one", campaign_id=campaign_id)
    return _refused(answer) or _campaign(campaign_id, _fault(answer), reason)


def _campaign(campaign_id: UUID, fault: str | None = None, reason: str = "") -> Page:
    """A campaign with one page of what is looked at; `reason`: for cancelling it, as typed."""
    path, shown = f"/reviews/{campaign_id}", _shown()
    campaign = call("GET", path)
    items = call("GET", f"{path}/items?{urlencode({'limit': _PAGE} | shown)}")
    progress = call("GET", f"{path}/progress?limit={_ALL}")
    for answer in (campaign, items, progress):
        if answer.status != 200:
            return _refused(answer) or error_page(404, "not_found")
    return page(
        "review.html",
        422 if fault else 200,
        it=campaign.body,
        items=items.body,
        progress=progress.body,
        posts=_posts(),
        shown=shown,
        decisions=DECISIONS,
        fault=fault,
        reason=reason,
    )


def _item(
    campaign_id: UUID, assignment_id: UUID, typed: dict[str, Any], fault: str, found: Sequence[Any] = ()
) -> Page:
    """One assignment with a decision that was not accepted; `found`: officials to choose the successor from."""
    path = f"/reviews/{campaign_id}"
    campaign, item = call("GET", path), call("GET", f"{path}/items/{assignment_id}")
    for answer in (campaign, item):
        if answer.status != 200:
            return _refused(answer) or error_page(404, "not_found")
    return page(
        "review_item.html",
        422,
        it=campaign.body,
        each=item.body,
        posts=_posts(),
        shown=_shown(),
        decisions=DECISIONS,
        typed=typed,
        fault=fault,
        found=found,
    )


def _reviews(given: dict[str, Any], fault: str | None, status: int = 200) -> Page:
    found, me = call("GET", f"/reviews?{urlencode({'limit': _PAGE} | _cursor())}"), call("GET", "/me")
    if found.status != 200 or me.status != 200:
        return _refused(found) or error_page(404, "not_found")
    scopes = [scope for each in me.body["capacities"] for scope in each["scopes"]]
    return page(
        "reviews.html",
        status,
        campaigns=found.body,
        posts=_posts(),
        may_begin="assignments:write" in scopes,
        given=given,
        fault=fault,
    )


def _conclusion(campaign_id: UUID, fault: str | None, status: int = 200) -> Page:
    campaign = call("GET", f"/reviews/{campaign_id}")
    if campaign.status != 200:
        return _refused(campaign) or error_page(404, "not_found")
    if campaign.body["state"] != "open":
        return _to("one", campaign_id=campaign_id)
    said = call("POST", f"/reviews/{campaign_id}/application", {"dry_run": True}, version=campaign.body["version"])
    if said.status != 200:
        return _refused(said) or _campaign(campaign_id, _fault(said))
    return page("review_preview.html", status, it=campaign.body, said=said.body, posts=_posts(), fault=fault)


def _act(campaign_id: UUID, what: str, given: dict[str, Any]) -> Answer:
    return call("POST", f"/reviews/{campaign_id}/{what}", given, version=_version())


def _version() -> int | None:
    """What the form was made from; the service refuses one without."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() else None


def _successors(text: str) -> list[dict[str, Any]]:
    """Who may be meant: the one chosen from a list, the active official with this staff code, the only one of
    exactly this name, or all whose names hold it."""
    chosen = request.form.get("successor", "")
    if chosen:
        return [{"id": chosen}]
    if not text:
        return []
    for key, most in (("staff_code", 1), ("q", _SUCCESSORS)):
        answer = call("GET", f"/officials?{urlencode({key: text, 'active': 'true', 'limit': most})}")
        found: list[dict[str, Any]] = answer.body["items"] if answer.status == 200 else []
        if found:
            exactly = [each for each in found if each["full_name"].casefold() == text.casefold()]
            return exactly if len(exactly) == 1 else found
    return []


def _posts() -> dict[str, dict[str, Any]]:
    """The posts in force today, by code."""
    found = call("GET", f"/posts?limit={_ALL}")
    return {each["code"]: each for each in found.body.get("items", ())}


def _shown() -> dict[str, Any]:
    """Which of the assignments are shown: by decision, from where on."""
    wanted = request.args.get("decision") or ""
    return ({"decision": wanted} if wanted in (*DECISIONS, "undecided") else {}) | _cursor()


def _cursor() -> dict[str, Any]:
    return {"cursor": request.args["cursor"]} if "cursor" in request.args else {}


def _fault(answer: Answer) -> str:
    """The name of the text that says what is wrong."""
    if answer.status in (409, 412, 428):
        field = next(iter(answer.body.get("errors") or {}), "")
        return "review_undecided" if field == "keep_undecided" else "review_changed"
    names = ("name", "unit", "posts", "deadline", "effective_on", "legal_basis", "official", "reason")
    field = next((each for each in names if each in (answer.body.get("errors") or {})), "")
    return f"review_bad_{field}" if field else "not_accepted"


def _refused(answer: Answer) -> Page | None:
    """The page for what is not the visitor's to see or do."""
    if answer.status == 403:
        return error_page(403, "not_allowed")
    return error_page(404, "not_found") if answer.status == 404 else None


def _to(endpoint: str, **values: Any) -> Page:
    return redirect(url_for(f"reviews.{endpoint}", **values), 303)
