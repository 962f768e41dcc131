"""Asks a running system whether every part of it works."""

import http.client
import json
from contextlib import suppress


def probe(address: tuple[str, int], timeout: float = 3.0) -> str | None:
    """None when `/readyz` answers 200, else what is missing, in words."""
    host, port = address
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", "/readyz", headers={"Connection": "close"})
        response = connection.getresponse()
        body = response.read()
        if response.status == 200:
            return None
        return _reasons(body) or f"/readyz answers {response.status}"
    except (OSError, http.client.HTTPException) as error:
        return f"the gateway does not answer ({type(error).__name__})"
    finally:
        connection.close()


def _reasons(body: bytes) -> str:
    with suppress(ValueError, AttributeError):
        parts = json.loads(body)["parts"]
        return "; ".join(f"{name}: {reason}" for name, reason in parts.items() if reason != "ok")
    return ""
