"""Where nobody acts: for who coordinates. All work without JavaScript."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request

from services.portal.account_pages import guarded
from services.portal.errors import error_page
from services.portal.pages import page
from services.portal.visitor import call

blueprint = Blueprint("coverage", __name__)

Page = Any  # a Response of Flask or of Werkzeug
_LISTED = 50  # gaps a page
_SHOWN = 10  # people of each list


@blueprint.get("/phu-trach")
@guarded
def coverage() -> Page:
    """A unit's score, those of the units below it, and the posts in which nobody acts."""
    unit = request.args.get("unit", "")
    if not unit:
        return _provinces()
    about = {"unit": unit}
    overview = call("GET", f"/coverage?{urlencode(about)}")
    if overview.status in (403, 404, 422):
        return error_page(404, "not_found")
    gaps = _listed("gaps", about | _at(_LISTED, request.args.get("cursor")))
    people = {name: _listed(name, about | _at(_SHOWN)) for name in ("unreachable", "overloaded", "ending")}
    if overview.status != 200 or gaps is None or None in people.values():
        return error_page(503, "unavailable", {"Retry-After": "30"})
    values = {"unit": overview.body["unit"], "it": overview.body, "gaps": gaps, "people": people}
    return page("coverage.html", asked=unit, **values)


def _provinces() -> Page:
    """Where to begin: the one province of the visitor, or all of them."""
    answer = call("GET", f"/units?{urlencode({'level': 'province', 'limit': 200})}")
    if answer.status != 200:
        return error_page(503, "unavailable", {"Retry-After": "30"})
    return page("coverage_provinces.html", units=answer.body["items"])


def _at(limit: int, cursor: str | None = None) -> dict[str, Any]:
    return {"limit": limit} | ({"cursor": cursor} if cursor else {})


def _listed(name: str, query: dict[str, Any]) -> dict[str, Any] | None:
    answer = call("GET", f"/coverage/{name}?{urlencode(query)}")
    return answer.body if answer.status == 200 else None
