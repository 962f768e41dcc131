"""The pages of the mailbox, for people and for machines."""

import asyncio
import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from caunoi.mailbox.store import Entry, Store, part
from shared.clock import LOCAL

STORE = web.AppKey("store", Store)

_PAGES = Environment(loader=PackageLoader("caunoi.mailbox"), autoescape=True, trim_blocks=True)
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# A message is foreign matter: it runs nothing, loads nothing, and its links open elsewhere.
_FRAMED = _SAFE | {
    "Content-Security-Policy": "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'"
}
_HEAD = re.compile(r"<head(\s[^>]*)?>", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"']+")


def shown(moment: str) -> str:
    """A time as people here write it: 17:05:09 23/11/2026."""
    try:
        return datetime.fromisoformat(moment).astimezone(LOCAL).strftime("%H:%M:%S %d/%m/%Y")
    except ValueError:
        return moment


def linked(text: str) -> Markup:
    """Text with its links made links."""
    out, at = Markup(), 0
    for match in _LINK.finditer(text):
        link = match.group().rstrip(".,;)")
        out += text[at : match.start()] + Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(link)
        at = match.start() + len(link)
    return out + text[at:]


_PAGES.filters |= {"shown": shown, "linked": linked}


def application(store: Store) -> web.Application:
    """The pages of one store."""
    app = web.Application()
    app[STORE] = store
    app.router.add_get("/mailbox", listing)
    app.router.add_get("/mailbox.json", listing_json)
    app.router.add_get("/mailbox/", listing)
    app.router.add_get("/mailbox/readyz", readyz)
    app.router.add_get("/mailbox/style.css", style)
    app.router.add_get(r"/mailbox/{id:[0-9a-f]{32}}", message)
    app.router.add_get(r"/mailbox/{id:[0-9a-f]{32}}.json", message_json)
    app.router.add_get(r"/mailbox/{id:[0-9a-f]{32}}.eml", message_source)
    app.router.add_get(r"/mailbox/{id:[0-9a-f]{32}}/html", message_html)
    return app


async def listing(request: web.Request) -> web.Response:
    """The list, newest first, of all or of one address."""
    to = request.query.get("to", "")[:200]
    items, cursor = request.app[STORE].page(to, request.query.get("cursor", "")[:32])
    return _page("list.html", items=items, cursor=cursor, to=to, total=len(request.app[STORE]))


async def listing_json(request: web.Request) -> web.Response:
    """`{"items": [id, received_at, sender, recipients, subject, message_id], "next_cursor"}`."""
    raw = request.query.get("limit", "50")
    limit = min(max(int(raw), 1), 1000) if raw.isascii() and raw.isdecimal() and len(raw) < 6 else 50
    items, cursor = request.app[STORE].page(
        request.query.get("to", "")[:200], request.query.get("cursor", "")[:32], limit
    )
    return _json({"items": [asdict(each) for each in items], "next_cursor": cursor})


async def message(request: web.Request) -> web.Response:
    """One message: headers, text, and the HTML part in a closed frame."""
    store, entry = request.app[STORE], _entry(request)
    parsed = await asyncio.to_thread(store.message, entry)
    html, text = part(parsed, "html"), part(parsed, "plain")
    return _page("message.html", entry=entry, headers=parsed.items(), text=text, has_html=html is not None)


async def message_json(request: web.Request) -> web.Response:
    """The entry with `headers` (pairs), `text` and `html`."""
    store, entry = request.app[STORE], _entry(request)
    parsed = await asyncio.to_thread(store.message, entry)
    headers = [[name, str(value)] for name, value in parsed.items()]
    return _json(asdict(entry) | {"headers": headers, "text": part(parsed, "plain"), "html": part(parsed, "html")})


async def message_source(request: web.Request) -> web.Response:
    """The message as received."""
    store, entry = request.app[STORE], _entry(request)
    body = await asyncio.to_thread(store.content, entry)
    return web.Response(body=body, content_type="text/plain", headers=_SAFE)


async def message_html(request: web.Request) -> web.Response:
    """The HTML part, for the frame."""
    store, entry = request.app[STORE], _entry(request)
    html = part(await asyncio.to_thread(store.message, entry), "html")
    if html is None:
        raise web.HTTPNotFound
    found = _HEAD.search(html)
    at = found.end() if found else 0
    framed = f'{html[:at]}<base target="_blank">{html[at:]}'
    return web.Response(text=framed, content_type="text/html", headers=_FRAMED)


async def style(_request: web.Request) -> web.Response:
    """The style sheet."""
    source, _, _ = _PAGES.loader.get_source(_PAGES, "style.css")  # type: ignore[union-attr]
    return web.Response(text=source, content_type="text/css", headers=_SAFE | {"Cache-Control": "max-age=3600"})


async def readyz(_request: web.Request) -> web.Response:
    """This process takes mail and shows it, or it would not run."""
    return _json({"ready": True, "parts": {"smtp": "ok"}})


def _entry(request: web.Request) -> Entry:
    entry = request.app[STORE].find(request.match_info["id"])
    if entry is None:
        raise web.HTTPNotFound
    return entry


def _page(name: str, **values: Any) -> web.Response:
    text = _PAGES.get_template(name).render(**values)
    return web.Response(text=text, content_type="text/html", headers=_SAFE)


def _json(body: Any) -> web.Response:
    return web.json_response(body=orjson.dumps(body), headers={"Cache-Control": "no-store"})
