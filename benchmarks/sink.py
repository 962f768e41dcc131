"""An SMTP server that costs as little as it can: it takes every mail, and notes when and for whom.

A process of its own (`python -m benchmarks.sink`): it prints its port, answers one JSON command a line, and ends
when its standard input closes.
"""

import base64
import json
import socket
import subprocess
import sys
import threading
import time
from typing import Any, Self

from benchmarks.figures import NotMeasured

_EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
_OK = b"250 ok\r\n"
_MESSAGE_ID = b"\nMessage-ID:"
_ROOM = 2**20  # bytes: the longest mail


class Mailroom:
    """What was accepted: the recipient, the Message-ID and the moment of each mail, in order."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start counting again."""
        self.mails: list[tuple[bytes, bytes]] = []
        self.times: list[float] = []
        self.last = b""
        self.target = 0
        self.reached = threading.Event()

    def accept(self, recipient: bytes, content: bytearray, start: int, end: int) -> None:
        """Note a mail that lies in a buffer."""
        found = content.find(_MESSAGE_ID, start, end)
        message_id = bytes(content[found + 12 : content.find(b"\r\n", found + 12, end)])
        self.mails.append((recipient, message_id))
        self.times.append(time.time())
        self.last = bytes(content[start:end])
        if len(self.times) == self.target:
            self.reached.set()

    def wait(self, count: int, seconds: float) -> float | None:
        """The moment of the mail that made them `count`, once it has come; None when time is over first."""
        self.reached.clear()
        self.target = count
        if len(self.times) < count:
            self.reached.wait(seconds)
        return self.times[count - 1] if len(self.times) >= count else None


class Session:
    """One connection, in a thread of its own; every read is answered in one write."""

    def __init__(self, room: Mailroom, connection: socket.socket) -> None:
        self._room, self._connection = room, connection
        self._recipient = b""
        self._in_content = self._leaving = False

    def converse(self) -> None:
        """Take in commands and contents until the other side leaves."""
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.sendall(b"220 sink\r\n")
        buffer, filled = bytearray(_ROOM), 0
        with memoryview(buffer) as view, self._connection:
            while not self._leaving and (got := self._connection.recv_into(view[filled:])):
                filled += got
                used = self._take(buffer, filled)
                filled -= used
                view[:filled] = view[used : used + filled]

    def _take(self, data: bytearray, filled: int) -> int:
        """Answer all that is complete; returns how many bytes that was."""
        at, answers = 0, []
        while True:
            mark = b"\r\n.\r\n" if self._in_content else b"\r\n"
            end = data.find(mark, at, filled)
            if end < 0:
                break
            if self._in_content:
                self._room.accept(self._recipient, data, at, end)
                self._in_content = False
                answers.append(_OK)
            else:
                answers.append(self._answer(bytes(data[at:end])))
            at = end + len(mark)
        if answers:
            self._connection.sendall(b"".join(answers))
        return at

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line[line.find(b"<") + 1 : line.rfind(b">")]
        elif verb == b"DATA":
            self._in_content = True
            return b"354 go\r\n"
        elif verb in (b"EHLO", b"HELO"):
            return _EHLO
        elif verb == b"QUIT":
            self._leaving = True
            return b"221 bye\r\n"
        return _OK


def _command(room: Mailroom, asked: dict[str, Any]) -> Any:
    match asked["do"]:
        case "forget":
            return room.forget()
        case "wait":
            return room.wait(asked["count"], asked["seconds"])
        case "last":
            return base64.b64encode(room.last).decode()
        case "count":
            return {"accepted": len(room.mails), "different": len(set(room.mails))}


def _listen(room: Mailroom, listener: socket.socket) -> None:
    while True:
        session = Session(room, listener.accept()[0])
        threading.Thread(target=session.converse, daemon=True).start()


def _serve() -> None:
    room = Mailroom()
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_listen, args=(room, listener), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    for line in sys.stdin:
        print(json.dumps(_command(room, json.loads(line))), flush=True)


class Sink:
    """The server as a child process, for a `with` block."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _do(self, command: str, **values: Any) -> Any:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"do": command, **values}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def forget(self) -> None:
        """Count from nothing again."""
        self._do("forget")

    def wait(self, count: int, seconds: float) -> float:
        """The moment (Unix time) at which the mail that made them `count` was accepted. Raises NotMeasured."""
        moment = self._do("wait", count=count, seconds=seconds)
        if moment is None:
            raise NotMeasured(f"Of {count} mails only {self._do('count')['accepted']} came within {seconds:g} s.")
        return float(moment)

    def last(self) -> bytes:
        """The mail accepted last."""
        return base64.b64decode(self._do("last"))

    def duplicates(self) -> int:
        """How many mails came again: the same Message-ID for the same recipient."""
        counts = self._do("count")
        return int(counts["accepted"] - counts["different"])


if __name__ == "__main__":
    _serve()
