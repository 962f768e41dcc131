"""The gateway passes everything on unchanged and answers every failure as a problem, never as a 5xx of its own
making for what a client did wrong."""

import asyncio
import io
import json
from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from caunoi.gateway import bodies, proxy
from tests.integration.caunoi.gateway import Answer, Door, gateway


async def _mirror(request: web.BaseRequest) -> web.StreamResponse:
    body = await request.read()
    return web.json_response(
        {
            "method": request.method,
            "target": request.raw_path,
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body": body.decode("latin-1"),
        },
        headers={"Set-Cookie": "a=1", "X-Own": "yes", "Server": "behind"},
    )


def _run(folder: Path, answer: Answer | None, scenario: object) -> None:
    async def main() -> None:
        async with gateway(folder, answer) as door:
            await scenario(door)  # type: ignore[operator]

    asyncio.run(main())


def _problem(answer: bytes) -> dict[str, object]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    problem: dict[str, object] = json.loads(body)
    assert {"type", "title", "status", "detail", "correlation_id"} <= set(problem)
    return problem


def test_a_request_arrives_as_it_was_sent(tmp_path: Path) -> None:
    """Method, target, body and headers reach the server; its status, headers and body come back."""

    async def scenario(door: Door) -> None:
        target = "/api/visits/v1/issues?q=c%E1%BA%A7u%2F&x=a+b"
        url = URL(f"{door.url}{target}", encoded=True)
        async with door.client.post(url, data=b"\x00\xff", headers={"X-Mine": "1"}) as answer:
            mirror = await answer.json()
            assert answer.status == 200
            assert (answer.headers["X-Own"], answer.headers["Set-Cookie"]) == ("yes", "a=1")
        assert ("POST", target, "\x00\xff") == (mirror["method"], mirror["target"], mirror["body"])
        assert mirror["headers"]["x-mine"] == "1"
        assert f"127.0.0.1:{door.port}" == mirror["headers"]["host"]
        assert mirror["headers"]["x-forwarded-for"] == "127.0.0.1"

    _run(tmp_path, _mirror, scenario)


def test_ids_are_passed_on_or_begun(tmp_path: Path) -> None:
    """A caller's request id and trace go on; without one, or with nonsense, they begin here."""

    async def scenario(door: Door) -> None:
        trace_id = "0af7651916cd43dd8448eb211c80319c"
        sent = {"X-Request-ID": "request-17", "traceparent": f"00-{trace_id}-b7ad6b7169203331-01"}
        async with door.client.get(f"{door.url}/", headers=sent) as answer:
            mirror = await answer.json()
        assert mirror["headers"]["x-request-id"] == "request-17"
        assert trace_id in mirror["headers"]["traceparent"]
        async with door.client.get(f"{door.url}/", headers={"X-Request-ID": "<script>"}) as answer:
            mirror = await answer.json()
        assert mirror["headers"]["x-request-id"] in mirror["headers"]["traceparent"]

    _run(tmp_path, _mirror, scenario)


def test_a_connection_is_used_again(tmp_path: Path) -> None:
    """Two requests of one client share its connection."""

    async def scenario(door: Door) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        for _ in range(2):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            await reader.readexactly(len(b'{"status":"ok"}'))
        writer.close()

    _run(tmp_path, _mirror, scenario)


@pytest.mark.parametrize("length_known", [True, False], ids=["length", "chunked"])
def test_a_body_over_the_limit_is_refused(tmp_path: Path, length_known: bool) -> None:
    """413 as a problem, whether or not the length was told before; the server never sees it."""

    async def scenario(door: Door) -> None:
        async def chunks():  # type: ignore[no-untyped-def]
            for _ in range(40):
                yield b"x" * 2**18

        data = io.BytesIO(b"x" * (10 * 2**20)) if length_known else chunks()
        async with door.client.post(f"{door.url}/api/visits/v1/issues", data=data) as answer:
            assert answer.status == 413
            assert answer.content_type == "application/problem+json"

    async def behind(_request: web.BaseRequest) -> web.StreamResponse:
        raise AssertionError("it was passed on")

    _run(tmp_path, behind, scenario)


def test_a_body_at_the_limit_passes(tmp_path: Path) -> None:
    """Exactly one MiB is taken, also when 100-continue is expected."""

    async def behind(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text=str(len(await request.read())))

    async def scenario(door: Door) -> None:
        data = io.BytesIO(b"x" * bodies.MAX_BODY)
        async with door.client.post(f"{door.url}/", data=data, expect100=True) as answer:
            assert (200, str(bodies.MAX_BODY)) == (answer.status, await answer.text())

    # A plain server of aiohttp has a limit of its own, one MiB too: it reads no more than that.
    _run(tmp_path, behind, scenario)


def test_files_may_be_larger(tmp_path: Path) -> None:
    """Where files are uploaded, and only there, a body of the largest file and its form passes; no larger one."""

    async def behind(request: web.BaseRequest) -> web.StreamResponse:
        length = 0
        async for chunk in request.content.iter_any():
            length += len(chunk)
        return web.Response(text=str(length))

    async def scenario(door: Door) -> None:
        for path, size, status in (
            (bodies.UPLOADS, 2 * 2**20 + bodies.ENVELOPE, 200),
            (bodies.UPLOADS, 2 * 2**20 + bodies.ENVELOPE + 1, 413),
            (bodies.SHEETS[0], bodies.MAX_SHEET + 2 * bodies.ENVELOPE + 1, 413),
            ("/api/visits/v1/issues", 2**20 + 1, 413),
        ):
            async with door.client.post(f"{door.url}{path}", data=io.BytesIO(b"x" * size)) as answer:
                assert answer.status == status, await answer.text()

    _run(tmp_path, behind, scenario)


CLOSE = b"Connection: close\r\n\r\n"
MALFORMED = {
    "not HTTP": b"\x16\x03\x01 hello\r\n\r\n",
    "unknown version": b"GET / HTTP/9.9\r\n\r\n",
    "letters not encoded": "GET /xã HTTP/1.1\r\nHost: h\r\n\r\n".encode(),
    "control character in path": b"GET /a\x01b HTTP/1.1\r\nHost: h\r\n\r\n",
    "header without colon": b"GET / HTTP/1.1\r\nHost h\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "length and chunks": b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nab",
    "bad chunk": b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
    "huge header": b"GET / HTTP/1.1\r\nHost: h\r\nX-Big: " + b"x" * 40_000 + b"\r\n\r\n",
    "huge target": b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X-A: 1\r\n" * 300 + b"\r\n",
    "absolute target": b"GET http://other.example/ HTTP/1.1\r\nHost: h\r\n" + CLOSE,
    "asterisk": b"OPTIONS * HTTP/1.1\r\nHost: h\r\n" + CLOSE,
    "tunnel": b"CONNECT other.example:443 HTTP/1.1\r\nHost: h\r\n" + CLOSE,
    "trace": b"TRACE / HTTP/1.1\r\nHost: h\r\n" + CLOSE,
    "header not UTF-8": b"GET / HTTP/1.1\r\nHost: h\r\nX-A: \xff\xfe\r\n" + CLOSE,
    "unknown expectation": b"POST / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\nContent-Length: 1\r\n" + CLOSE + b"a",
    "unknown API": b"GET /api/nothing/v1 HTTP/1.1\r\nHost: h\r\n" + CLOSE,
}


@pytest.mark.parametrize("request_bytes", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_malformed_is_refused_with_a_problem(tmp_path: Path, request_bytes: bytes) -> None:
    """A 4xx problem each."""

    async def scenario(door: Door) -> None:
        status, answer = await door.raw(request_bytes)
        assert 400 <= status < 500
        assert status == _problem(answer)["status"]

    _run(tmp_path, _mirror, scenario)


ODD = ["/a%00b", "//double//slash", "/../../etc/passwd", "/%ff", "/x?a=%zz", "/a;b=c/%2F?q=%23"]


@pytest.mark.parametrize("target", ODD)
def test_an_odd_path_is_left_to_the_server(tmp_path: Path, target: str) -> None:
    """What is valid on the wire is passed on to the letter, nothing normalised away."""

    async def scenario(door: Door) -> None:
        status, answer = await door.raw(f"GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        assert status == 200
        assert target == json.loads(answer.partition(b"\r\n\r\n")[2])["target"]

    _run(tmp_path, _mirror, scenario)


def test_a_server_that_is_away_is_waited_for_then_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with Retry-After, as a problem, once the patience is over."""
    monkeypatch.setattr(proxy, "PATIENCE", 0.2)

    async def scenario(door: Door) -> None:
        async with door.client.post(f"{door.url}/api/visits/v1/issues", json={}) as answer:
            assert (
                answer.status,
                answer.headers["Retry-After"],
                answer.content_type,
            ) == (503, "5", "application/problem+json")
        async with door.client.get(f"{door.url}/readyz") as answer:
            assert answer.status == 503
            assert (await answer.json())["parts"]["visits"] == "is not reachable"
        async with door.client.get(f"{door.url}/healthz") as answer:
            assert answer.status == 200
        async with door.client.get(f"{door.url}/metrics") as answer:
            assert 'caunoi_service_up{service="visits"} 0.0' in await answer.text()

    _run(tmp_path, None, scenario)


def test_a_server_that_breaks_off_is_reported(tmp_path: Path) -> None:
    """502 before an answer began; a cut connection after."""

    async def behind(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport
        if request.raw_path == "/half":
            response = web.StreamResponse(headers={"Content-Length": "1000"})
            await response.prepare(request)
            await response.write(b"x" * 10)
        request.transport.abort()
        return web.Response()

    async def scenario(door: Door) -> None:
        async with door.client.post(f"{door.url}/api/visits/v1/issues", json={}) as answer:
            assert (answer.status, answer.content_type) == (502, "application/problem+json")
        with pytest.raises(Exception, match=r"payload is not completed|Not enough data|closed|disconnected"):
            async with door.client.get(f"{door.url}/half") as answer:
                await answer.read()

    _run(tmp_path, behind, scenario)


def test_readiness_names_every_part(tmp_path: Path) -> None:
    """503 with the reason of the part that is not ready; 200 when all are."""
    state = {"database": "ok", "visits.events": "no sign of life yet"}

    async def behind(request: web.BaseRequest) -> web.StreamResponse:
        if not request.raw_path.startswith("/api/visits/"):
            return web.json_response({"ready": True, "parts": {"all": "ok"}})
        ready = set(state.values()) == {"ok"}
        return web.json_response({"ready": ready, "parts": state}, status=200 if ready else 503)

    async def scenario(door: Door) -> None:
        async with door.client.get(f"{door.url}/readyz") as answer:
            body = await answer.json()
            assert (answer.status, body["ready"]) == (503, False)
            assert body["parts"]["visits.visits.events"] == "no sign of life yet"
            assert body["parts"]["portal.all"] == "ok"
        state["visits.events"] = "ok"
        async with door.client.get(f"{door.url}/readyz") as answer:
            assert answer.status == 200

    _run(tmp_path, behind, scenario)


def test_a_page_of_the_web_server_becomes_a_problem(tmp_path: Path) -> None:
    """Errors of APIs are problems also where the server answered with its own page."""

    async def behind(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=400, text="<html>Bad Request</html>", content_type="text/html")

    async def scenario(door: Door) -> None:
        async with door.client.get(f"{door.url}/api/visits/v1/issues") as answer:
            assert (answer.status, answer.content_type) == (400, "application/problem+json")
        async with door.client.get(f"{door.url}/page") as answer:
            assert (answer.status, answer.content_type) == (400, "text/html")

    _run(tmp_path, behind, scenario)
