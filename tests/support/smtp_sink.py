"""An SMTP server for tests and measurements: faster than any sender, and as unwilling as it is told to be.

As a process of its own (`python smtp_sink.py`, or `SmtpSink()` from a test) it prints one JSON line with its
ports, takes commands as JSON lines on the control port, and ends when its standard input closes.

Rules decide what goes wrong: {"stage": …, "answer": …, "match": part of the recipient, "times": how often}.
Stages: connect, ehlo, auth, mail, rcpt, data, content. Answers: a reply line ("451 later"), "hang" (never answer),
"drop" (disconnect) or, for content, "accept-drop" (take the message in and disconnect without a word).
"""

import argparse
import asyncio
import base64
import json
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

Rule = dict[str, Any]


class Mailroom:
    """What the server has accepted, and the rules it follows."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.accepted: list[tuple[str, str, float]] = []
        self.raw: list[bytes] = []
        self.rules: list[Rule] = []
        self.connections = 0
        self.context: ssl.SSLContext | None = None
        if options.certificate:
            self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.context.load_cert_chain(options.certificate, options.key)

    def answer(self, stage: str, recipient: str = "") -> str | None:
        """The answer of the first rule for this stage, if any."""
        for rule in self.rules:
            if rule["stage"] == stage and rule.get("match", "") in recipient and rule.get("times", 1) > 0:
                if "times" in rule:
                    rule["times"] -= 1
                return str(rule["answer"])
        return None

    def accept(self, recipient: str, content: bytes) -> None:
        """Note an accepted message."""
        start = content.find(b"\nMessage-ID: ")
        message_id = content[start + 13 : content.find(b"\r\n", start + 13)].decode() if start >= 0 else ""
        self.accepted.append((recipient, message_id, time.time()))
        if self.options.keep:
            self.raw.append(content)


class Session(asyncio.Protocol):
    """One SMTP connection."""

    def __init__(self, room: Mailroom) -> None:
        self.room = room
        self.buffer = b""
        self.in_content = self.silent = self.secure = False
        self.recipient = ""
        self.mail = False
        self.login: list[str] = []
        self.out: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet; also called again when TLS has taken over the connection."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.room.connections += 1
        self._reply("connect", "220 sink")
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Take in what came and answer it in one write."""
        self.buffer = self.buffer + data if self.buffer else data
        while self.buffer and not self.silent:
            if not (self._content() if self.in_content else self._line()):
                break
        self._flush()

    def _content(self) -> bool:
        end = self.buffer.find(b"\r\n.\r\n")
        if self.buffer.startswith(b".\r\n"):
            content, self.buffer = b"", self.buffer[3:]
        elif end < 0:
            return False
        else:
            content, self.buffer = self.buffer[: end + 2], self.buffer[end + 5 :]
        self.in_content = self.mail = False
        if not self.recipient:
            self.out.append(b"554 no valid recipients\r\n")
            return True
        answer = self.room.answer("content", self.recipient)
        if answer in (None, "accept-drop"):
            self.room.accept(self.recipient, content)
        self._reply("content", "250 accepted", "drop" if answer == "accept-drop" else answer or "")
        self.recipient = ""
        return True

    def _line(self) -> bool:
        end = self.buffer.find(b"\n")
        if end < 0:
            return False
        line, self.buffer = self.buffer[:end].strip(), self.buffer[end + 1 :]
        if self.login:
            self._credentials(line)
            return True
        verb = line[:4].upper()
        if verb == b"MAIL":
            self._mail_from()
        elif verb == b"RCPT":
            self._rcpt_to(line)
        elif verb == b"DATA":
            self._data()
        elif verb == b"STAR":
            self.out.append(b"220 go ahead\r\n")
            self._flush()
            self.silent = True
            self._upgrading = asyncio.ensure_future(self._starttls())
        else:
            self._other(verb, line)
        return True

    def _mail_from(self) -> None:
        if self.room.options.user and not self.login_done:
            self.out.append(b"530 authentication required\r\n")
        elif self.mail:
            self.out.append(b"503 nested MAIL command\r\n")
        else:
            self.mail = self._reply("mail", "250 ok")

    def _rcpt_to(self, line: bytes) -> None:
        address = line[line.find(b"<") + 1 : line.rfind(b">")].decode("utf-8", "replace")
        if not self.mail:
            self.out.append(b"503 need MAIL\r\n")
        elif self._reply("rcpt", "250 ok", recipient=address):
            self.recipient = address

    def _data(self) -> None:
        if not self.mail:
            self.out.append(b"503 need MAIL\r\n")
        elif not self.recipient and not self.room.options.lax:
            self.out.append(b"554 no valid recipients\r\n")
        else:
            self.in_content = self._reply("data", "354 go on", recipient=self.recipient)

    def _other(self, verb: bytes, line: bytes) -> None:
        if verb in (b"EHLO", b"HELO"):
            extensions = ["sink", *self.room.options.extensions.split(",")]
            if self.room.context and not self.secure and not self.room.options.tls:
                extensions.append("STARTTLS")
            if self.room.options.user:
                extensions.append("AUTH PLAIN LOGIN")
            lines = [e for e in extensions if e]
            text = "".join(f"250-{e}\r\n" for e in lines[:-1]) + f"250 {lines[-1]}"
            self._reply("ehlo", text)
        elif verb == b"AUTH":
            self._auth(line)
        elif verb == b"RSET":
            self.mail, self.recipient = False, ""
            self.out.append(b"250 ok\r\n")
        elif verb == b"QUIT":
            self.out.append(b"221 bye\r\n")
            self._flush()
            self.transport.close()
        else:
            self.out.append(b"250 ok\r\n" if verb == b"NOOP" else b"500 what?\r\n")

    login_done = False

    def _auth(self, line: bytes) -> None:
        parts = line.split()
        if parts[1].upper() == b"PLAIN" and len(parts) == 3:
            _, user, password = base64.b64decode(parts[2]).decode().split("\0")
            self._check(user, password)
        else:
            self.login = ["?"]
            self.out.append(b"334 VXNlcm5hbWU6\r\n")

    def _credentials(self, line: bytes) -> None:
        self.login.append(base64.b64decode(line).decode())
        if len(self.login) == 3:
            (_, user, password), self.login = self.login, []
            self._check(user, password)
        else:
            self.out.append(b"334 UGFzc3dvcmQ6\r\n")

    def _check(self, user: str, password: str) -> None:
        options = self.room.options
        if (user, password) == (options.user, options.password):
            self.login_done = self._reply("auth", "235 welcome")
        else:
            self.out.append(b"535 wrong credentials\r\n")

    async def _starttls(self) -> None:
        assert self.room.context
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self.transport, self, self.room.context, server_side=True)
        assert transport
        self.transport, self.secure, self.silent, self.buffer = transport, True, False, b""

    def _reply(self, stage: str, usual: str, answer: str = "", recipient: str = "") -> bool:
        """Answer as the rules say; True if it was the usual answer."""
        if self.room.rules:
            answer = answer or self.room.answer(stage, recipient or self.recipient) or ""
        if answer == "hang":
            self.silent = True
        elif answer == "drop":
            self._flush()
            self.silent = True
            self.transport.abort()
        else:
            self.out.append((answer or usual).encode() + b"\r\n")
            if answer.startswith("421"):
                self._flush()
                self.silent = True
                self.transport.close()
        return not answer

    def _flush(self) -> None:
        if self.out:
            self.transport.write(b"".join(self.out))
            self.out.clear()


async def _control(
    room: Mailroom, server: "Listener", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while line := await reader.readline():
        command = json.loads(line)
        answer: Any = True
        match command["do"]:
            case "rules":
                room.rules = command["rules"]
            case "messages":
                answer = room.accepted[command.get("since", 0) :]
            case "raw":
                answer = [content.decode("utf-8", "surrogateescape") for content in room.raw]
            case "stats":
                answer = {"accepted": len(room.accepted), "connections": room.connections}
            case "clear":
                room.accepted.clear()
                room.raw.clear()
                room.rules = []
            case "refuse":
                await server.stop()
            case "listen":
                await server.start()
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()


class Listener:
    """The listening socket, which can go away (connection refused) and come back on the same port."""

    def __init__(self, room: Mailroom, port: int) -> None:
        self.room, self.port = room, port
        self.sessions: set[Session] = set()
        self.server: asyncio.Server | None = None

    def _session(self) -> Session:
        session = Session(self.room)
        self.sessions.add(session)
        return session

    async def start(self) -> None:
        """Listen, if not listening."""
        if not self.server:
            tls = self.room.context if self.room.options.tls else None
            loop = asyncio.get_running_loop()
            self.server = await loop.create_server(self._session, "127.0.0.1", self.port, ssl=tls, backlog=512)
            self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse new connections and cut the open ones."""
        if self.server:
            self.server.close()
            self.server = None
        for session in self.sessions:
            session.transport.abort()
        self.sessions.clear()


async def _serve(options: argparse.Namespace) -> None:
    room = Mailroom(options)
    listener = Listener(room, options.port)
    await listener.start()
    control = await asyncio.start_server(
        lambda reader, writer: _control(room, listener, reader, writer), "127.0.0.1", options.control, limit=2**24
    )
    ports = {"port": listener.port, "control": control.sockets[0].getsockname()[1]}
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control", type=int, default=0)
    parser.add_argument("--extensions", default="PIPELINING,8BITMIME,SMTPUTF8")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--tls", action="store_true", help="TLS from the first byte")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--keep", action="store_true", help="keep the whole messages")
    parser.add_argument("--lax", action="store_true", help="answer 354 even when every recipient was refused")
    asyncio.run(_serve(parser.parse_args()))


class SmtpSink:
    """The server as a child process, for a `with` block. `arguments` are command line options."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout
        ports = json.loads(self._process.stdout.readline())
        self.port: int = ports["port"]
        self.url = f"smtp://127.0.0.1:{self.port}"
        self._control = socket.create_connection(("127.0.0.1", ports["control"]))
        self._lines = self._control.makefile("rwb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process."""
        self._lines.close()
        self._control.close()
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _do(self, command: str, **values: Any) -> Any:
        self._lines.write(json.dumps({"do": command, **values}).encode() + b"\n")
        self._lines.flush()
        return json.loads(self._lines.readline())

    def rules(self, *rules: Rule) -> None:
        """Follow these rules from now on; none: accept everything."""
        self._do("rules", rules=rules)

    def messages(self, since: int = 0) -> list[tuple[str, str, float]]:
        """(recipient, Message-ID, time) of each accepted message, in order."""
        return [(to, message_id, at) for to, message_id, at in self._do("messages", since=since)]

    def raw(self) -> list[bytes]:
        """The accepted messages themselves; needs --keep."""
        return [content.encode("utf-8", "surrogateescape") for content in self._do("raw")]

    def stats(self) -> dict[str, int]:
        """How many messages were accepted, over how many connections."""
        return dict(self._do("stats"))

    def clear(self) -> None:
        """Forget messages and rules."""
        self._do("clear")

    def refuse(self) -> None:
        """Stop listening and cut open connections."""
        self._do("refuse")

    def listen(self) -> None:
        """Listen again on the same port."""
        self._do("listen")


if __name__ == "__main__":
    main()
