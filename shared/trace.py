"""Who asked, and along which path: a correlation id and a W3C traceparent that follow the work."""

import os
import re
from contextvars import ContextVar
from typing import NamedTuple

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_CORRELATION = re.compile(r"[A-Za-z0-9._:-]{8,100}")


class Trace(NamedTuple):
    """The ids that every log line, event, task and mail of one piece of work carry."""

    correlation_id: str
    traceparent: str


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def _traceparent(trace_id: str) -> str:
    return f"00-{trace_id}-{os.urandom(8).hex()}-01"


def start(correlation_id: str | None = None, traceparent: str | None = None) -> Trace:
    """Begin, or continue from what a caller sent; what is malformed is replaced, not trusted."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    trace_id = match.group(1) if match and int(match.group(1), 16) else os.urandom(16).hex()
    if not correlation_id or not _CORRELATION.fullmatch(correlation_id):
        correlation_id = trace_id
    trace = Trace(correlation_id, _traceparent(trace_id))
    _current.set(trace)
    return trace


def current() -> Trace:
    """The trace of the work in hand; begins one if there is none."""
    return _current.get() or start()


def child_of(parent: Trace) -> Trace:
    """The next hop of the same work."""
    return Trace(parent.correlation_id, _traceparent(parent.traceparent[3:35]))
