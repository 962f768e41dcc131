"""Is every part there, and the figures of all services on one page."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from caunoi.gateway.upstreams import Upstream, Upstreams

PART_TIME = aiohttp.ClientTimeout(total=2.5)


def healthz() -> web.Response:
    """The gateway answers."""
    return _json({"status": "ok"}, 200)


async def readyz(upstreams: Upstreams) -> web.Response:
    """200 when every part works, else 503; `parts` gives each part's state, `ok` or a reason; `degraded` says what
    works badly all the same."""
    asked = upstreams.all()
    answers = await asyncio.gather(*(_ask_part(upstream, upstreams) for upstream in asked))
    parts = {name: state for answer, _ in answers for name, state in answer.items()}
    degraded = {name: state for _, concerns in answers for name, state in concerns.items()}
    ready = all(state == "ok" for state in parts.values())
    return _json({"ready": ready, "parts": parts, "degraded": degraded}, 200 if ready else 503)


async def _ask_part(upstream: Upstream, upstreams: Upstreams) -> tuple[dict[str, str], dict[str, str]]:
    """The states of an upstream's parts, and what works badly there."""
    is_service = upstream.name in upstreams.services
    path = f"/api/{upstream.name}/v1/readyz" if is_service else f"/{upstream.name}/readyz"
    try:
        async with upstream.session.get(upstream.base + path, timeout=PART_TIME) as answer:
            body = await answer.content.read(2**16)
            parts = _named(upstream, body, "parts")
            if answer.status == 200:
                return dict.fromkeys(parts, "ok") or {upstream.name: "ok"}, _named(upstream, body, "degraded")
            return parts or {upstream.name: f"answers {answer.status}"}, {}
    except TimeoutError:
        return {upstream.name: "does not answer in time"}, {}
    except (aiohttp.ClientError, OSError):
        return {upstream.name: "is not reachable"}, {}


def _named(upstream: Upstream, body: bytes, key: str) -> dict[str, str]:
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        return {f"{upstream.name}.{name}": str(state) for name, state in orjson.loads(body)[key].items()}
    return {}


async def metrics(upstreams: Upstreams) -> web.Response:
    """The figures of all services in one valid Prometheus text; a service that is down counts as `up` 0."""
    services = list(upstreams.services.values())
    texts = await asyncio.gather(*(_ask_metrics(upstream) for upstream in services))
    pages = {upstream.name: text for upstream, text in zip(services, texts, strict=True)}
    body = await asyncio.to_thread(merge, pages)
    return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def _ask_metrics(upstream: Upstream) -> str | None:
    url = f"{upstream.base}/api/{upstream.name}/v1/metrics"
    with suppress(aiohttp.ClientError, OSError, TimeoutError):
        async with upstream.session.get(url, timeout=PART_TIME) as answer:
            if answer.status == 200:
                return await answer.text()
    return None


class _Merged:
    """A collector of several services' pages: one family each, samples labelled with their service."""

    def __init__(self, pages: dict[str, str | None]) -> None:
        self._pages = pages

    def collect(self) -> Iterator[Metric]:
        families: dict[str, Metric] = {}
        up = Metric("caunoi_service_up", "Does the service answer?", "gauge")
        for service, page in self._pages.items():
            up.add_sample(up.name, {"service": service}, float(page is not None))
            for family in _parse(page):
                merged = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for sample in family.samples:
                    labels = {"service": service} | sample.labels
                    merged.add_sample(sample.name, labels, sample.value, sample.timestamp)
        yield up
        yield from families.values()


def _parse(page: str | None) -> Iterable[Any]:
    try:
        return list(text_string_to_metric_families(page or ""))
    except ValueError:
        return []


def merge(pages: dict[str, str | None]) -> bytes:
    """One page out of several: service name to its page, None where it did not answer."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Merged(pages))
    return generate_latest(registry)


def _json(body: dict[str, Any], status: int) -> web.Response:
    return web.json_response(body=orjson.dumps(body), status=status, headers={"Cache-Control": "no-store"})
