"""Headers across a proxy: what belongs to one connection stays there, who asked is passed on."""

from collections.abc import Iterable, Mapping

from multidict import CIMultiDict

from caunoi.gateway.problems import Refused
from shared.trace import Trace

# RFC 9110, section 7.6.1, and what older software still sends.
HOP_BY_HOP = frozenset(
    (
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
FORWARDED = frozenset(
    ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-real-ip")
)


def end_to_end(headers: Mapping[str, str], also_without: Iterable[str] = ()) -> CIMultiDict[str]:
    """A copy without the headers of this connection, those that `Connection` names included."""
    named = {part.strip().lower() for part in headers.get("Connection", "").split(",")}
    without = HOP_BY_HOP | named | {name.lower() for name in also_without}
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in without)


def for_upstream(
    headers: Mapping[str, str], *, peer: str, scheme: str, ids: Trace, trusted: bool
) -> CIMultiDict[str]:
    """The headers of a request as its server gets them. Raises Refused(400) for one that is no text."""
    passed = end_to_end(headers, () if trusted else FORWARDED)
    for name, value in passed.items():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Refused(400, f"The header {name} is not UTF-8.") from None
    host = passed.setdefault("Host", "localhost")
    earlier = passed.get("X-Forwarded-For")
    passed["X-Forwarded-For"] = f"{earlier}, {peer}" if earlier else peer
    passed.setdefault("X-Forwarded-Proto", scheme)
    passed.setdefault("X-Forwarded-Host", host)
    passed["X-Request-ID"] = ids.correlation_id
    passed["traceparent"] = ids.traceparent
    return passed
