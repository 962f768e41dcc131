"""What the gateway passes on, and how it puts figures together."""

import pytest

from caunoi.gateway.headers import end_to_end, for_upstream
from caunoi.gateway.health import merge
from caunoi.gateway.problems import Refused
from caunoi.settings import upstream
from shared.trace import Trace

IDS = Trace("correlation-1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")


def _passed(headers: dict[str, str], trusted: bool = False) -> dict[str, str]:
    return dict(for_upstream(headers, peer="192.0.2.7", scheme="http", ids=IDS, trusted=trusted))


def test_headers_of_one_connection_stay_there() -> None:
    """Hop-by-hop headers go no further, those that Connection names included."""
    headers = {
        "Connection": "keep-alive, X-Once",
        "Keep-Alive": "5",
        "X-Once": "1",
        "TE": "trailers",
        "Accept": "*/*",
    }
    assert dict(end_to_end(headers)) == {"Accept": "*/*"}


def test_the_server_hears_who_asked() -> None:
    """The peer, scheme, host and trace are told."""
    passed = _passed({"Host": "caunoi.example"})
    assert passed == {
        "Host": "caunoi.example",
        "X-Forwarded-For": "192.0.2.7",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "caunoi.example",
        "X-Request-ID": "correlation-1",
        "traceparent": IDS.traceparent,
    }


@pytest.mark.parametrize(
    ("trusted", "expected"), [(False, "192.0.2.7"), (True, "198.51.100.1, 192.0.2.7")], ids=["edge", "behind"]
)
def test_a_client_cannot_forge_its_address(trusted: bool, expected: str) -> None:
    """X-Forwarded-For of a request counts only behind a proxy that is trusted."""
    headers = {"Host": "h", "X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https"}
    passed = _passed(headers, trusted)
    assert expected == passed["X-Forwarded-For"]
    assert ("https" if trusted else "http") == passed["X-Forwarded-Proto"]


def test_a_header_that_is_no_text_is_refused() -> None:
    """Bytes that are not UTF-8 are a client's fault."""
    with pytest.raises(Refused) as refusal:
        _passed({"Host": "h", "X-Name": "\udcff"})
    assert refusal.value.status == 400


def test_figures_of_services_are_merged_into_families() -> None:
    """One HELP and TYPE a family, samples told apart by service, a service that is down counted."""
    page = "# HELP outbox Events.\n# TYPE outbox gauge\noutbox 3.0\n"
    labelled = '# HELP outbox Events.\n# TYPE outbox gauge\noutbox{service="own"} 4.0\n'
    merged = merge({"visits": page, "assignments": labelled, "notifications": None}).decode()
    assert 1 == merged.count("# TYPE outbox gauge") == merged.count("# HELP outbox")
    assert 'outbox{service="visits"} 3.0' in merged
    assert 'outbox{service="own"} 4.0' in merged
    assert 'caunoi_service_up{service="notifications"} 0.0' in merged


def test_counters_and_histograms_keep_their_names() -> None:
    """What one service says in valid text comes out as it went in."""
    page = (
        "# HELP sent_total Mails.\n# TYPE sent_total counter\n"
        'sent_total{outcome="ok",service="n"} 2.0\n'
        "# HELP age_seconds Age.\n# TYPE age_seconds histogram\n"
        'age_seconds_bucket{le="1.0",service="n"} 1.0\n'
        'age_seconds_bucket{le="+Inf",service="n"} 1.0\n'
        'age_seconds_count{service="n"} 1.0\nage_seconds_sum{service="n"} 0.5\n'
    )
    assert set(page.splitlines()) <= set(merge({"n": page}).decode().splitlines())


@pytest.mark.parametrize("raw", ["ftp://x", "visits-api:8000", "unix:relative"])
def test_an_address_of_a_server_is_checked(raw: str) -> None:
    """Only http(s) and absolute sockets are addresses."""
    with pytest.raises(ValueError, match="expected http"):
        upstream(raw)
