"""The HTTP client that makes load."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import load
from benchmarks.figures import NotMeasured


class Server:
    """Answers every connection the same and closes it."""

    def __init__(self, path: Path, answer: bytes) -> None:
        self.seen: list[bytes] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(16)
        self._answer = answer
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if not (asked := connection.recv(65536)):
                    return
                self.seen.append(asked)
                connection.sendall(self._answer)

    def stop(self, path: Path) -> None:
        """An empty request ends it."""
        with socket.socket(socket.AF_UNIX) as last:
            last.connect(str(path))
        self._thread.join(5)
        self._listener.close()


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, Server]]:
    """A server that answers with the status given."""
    path = tmp_path / "s"
    server = Server(path, f"HTTP/1.1 {request.param}\r\nContent-Length: 2\r\n\r\n{{}}".encode())
    yield str(path), server
    server.stop(path)


@pytest.mark.parametrize("served", ["200 OK"], indirect=True)
def test_all_requests_are_sent_and_counted(served: tuple[str, Server]) -> None:
    """Each once, several under way at a time."""
    path, server = served
    sent = [load.request("POST", f"/{number}", token="t", body=b"{}") for number in range(20)]
    running = load.Load(path, iter(sent))
    assert running.run() > 0
    assert running.answered == 20
    assert sorted(server.seen) == sorted(sent)
    assert load.ask(path, sent[0]) == b"{}"


@pytest.mark.parametrize("served", ["500 Internal Server Error"], indirect=True)
def test_a_refusal_is_no_measurement(served: tuple[str, Server]) -> None:
    """An answer that is not 2xx must not count as work done."""
    path, _ = served
    with pytest.raises(NotMeasured, match="500"):
        load.Load(path, iter([load.request("GET", "/")])).run()
    with pytest.raises(NotMeasured, match="500"):
        load.ask(path, load.request("GET", "/"))
