"""An SMTP server that costs as little as it can: it takes every mail, and notes when and for whom.

A process of its own (`python -m benchmarks.sink`): it prints its port, answers one JSON command a line, and ends
when its standard input closes.
"""

import asyncio
import base64
import json
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any, Self

from benchmarks.figures import NotMeasured

_EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
_OK = b"250 ok\r\n"
_MESSAGE_ID = b"\nMessage-ID:"


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
        self.reached = asyncio.Event()

    def accept(self, recipient: bytes, content: bytes) -> None:
        """Note a mail."""
        start = content.find(_MESSAGE_ID)
        self.mails.append((recipient, content[start + 12 : content.find(b"\r\n", start + 12)]))
        self.times.append(time.time())
        self.last = content
        if len(self.times) == self.target:
            self.reached.set()

    async def wait(self, count: int, seconds: float) -> float | None:
        """The moment of the mail that made them `count`, once it has come; None when time is over first."""
        self.reached.clear()
        self.target = count
        if len(self.times) < count:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.reached.wait(), seconds)
        return self.times[count - 1] if len(self.times) >= count else None


class Session(asyncio.Protocol):
    """One connection; every read is answered in one write."""

    def __init__(self, room: Mailroom) -> None:
        self._room = room
        self._rest = self._recipient = b""
        self._in_content = self._leaving = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Take in commands and contents, as many as have arrived."""
        data = self._rest + data
        at, answers = 0, []
        while True:
            mark = b"\r\n.\r\n" if self._in_content else b"\r\n"
            end = data.find(mark, at)
            if end < 0:
                break
            if self._in_content:
                self._room.accept(self._recipient, data[at:end])
                self._in_content = False
                answers.append(_OK)
            else:
                answers.append(self._answer(data[at:end]))
            at = end + len(mark)
        self._rest = data[at:]
        if answers:
            self._transport.write(b"".join(answers))
        if self._leaving:
            self._transport.close()

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


async def _command(room: Mailroom, asked: dict[str, Any]) -> Any:
    match asked["do"]:
        case "forget":
            return room.forget()
        case "wait":
            return await room.wait(asked["count"], asked["seconds"])
        case "last":
            return base64.b64encode(room.last).decode()
        case "count":
            return {"accepted": len(room.mails), "different": len(set(room.mails))}


async def _serve() -> None:
    room, loop = Mailroom(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(room), "127.0.0.1", 0)
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await commands.readline():
        print(json.dumps(await _command(room, json.loads(line))), flush=True)


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
    asyncio.run(_serve())
