"""The built-in mailbox takes mail by SMTP and shows it without trusting it."""

import asyncio
import smtplib
import socket
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import aiohttp

from caunoi.mailbox import server
from caunoi.mailbox.store import Store

Send = Callable[[EmailMessage], Awaitable[None]]


def _run(folder: Path, scenario: Callable[[Send, aiohttp.ClientSession], Awaitable[None]]) -> None:
    async def main() -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        path = folder / "mailbox.sock"
        inbound, pages = await server.start(folder / "mail", listener, f"unix:{path}")

        def deliver(message: EmailMessage) -> None:
            with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
                client.send_message(message)

        async def send(message: EmailMessage) -> None:
            await asyncio.to_thread(deliver, message)

        connector = aiohttp.UnixConnector(str(path))
        async with aiohttp.ClientSession("http://localhost", connector=connector) as client:
            await scenario(send, client)
        inbound.close()
        await pages.cleanup()

    asyncio.run(main())


def _mail(to: str, subject: str = "Cống ngăn mặn hỏng", html: str | None = None) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Cầu Nối <cau-noi@example.vn>"
    message["To"] = to
    message["Subject"] = subject
    message["X-Mine"] = "1"
    message.set_content("Xem http://127.0.0.1/xac-nhan/abc nhé.")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def test_mail_is_on_disk_when_accepted_and_found_by_address(tmp_path: Path) -> None:
    """What SMTP accepted is there for machines and after a restart."""

    async def scenario(send: Send, client: aiohttp.ClientSession) -> None:
        await send(_mail("lan@example.vn"))
        await send(_mail("minh@example.vn"))
        assert len(Store(tmp_path / "mail")) == 2
        async with client.get("/mailbox.json", params={"to": "LAN@"}) as answer:
            page = await answer.json()
        assert [each["recipients"] for each in page["items"]] == [["lan@example.vn"]]
        async with client.get(f"/mailbox/{page['items'][0]['id']}.json") as answer:
            message = await answer.json()
        assert message["subject"] == "Cống ngăn mặn hỏng"
        assert ["X-Mine", "1"] in message["headers"]
        assert "http://127.0.0.1/xac-nhan/abc" in message["text"]

    _run(tmp_path, scenario)


def test_a_message_cannot_do_harm(tmp_path: Path) -> None:
    """The page escapes what a mail says; its HTML is framed, runs nothing and loads nothing."""

    async def scenario(send: Send, client: aiohttp.ClientSession) -> None:
        evil = "<html><head></head><body><script>alert(1)</script><img src=http://x.example/></body></html>"
        await send(_mail("lan@example.vn", subject="<script>alert(1)</script>", html=evil))
        async with client.get("/mailbox") as answer:
            assert "<script>" not in await answer.text()
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        async with client.get("/mailbox.json") as answer:
            name = (await answer.json())["items"][0]["id"]
        async with client.get(f"/mailbox/{name}") as answer:
            text = await answer.text()
        assert "<script>" not in text
        assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in text
        async with client.get(f"/mailbox/{name}/html") as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert '<base target="_blank">' in await answer.text()
        assert {"sandbox", "default-src 'none'"} <= {part.strip().split(" allow")[0] for part in policy.split(";")}

    _run(tmp_path, scenario)


def test_odd_questions_are_answered(tmp_path: Path) -> None:
    """Unknown ids are 404, odd limits and cursors do no harm."""

    async def scenario(_send: Send, client: aiohttp.ClientSession) -> None:
        for path, status in {
            "/mailbox/" + "0" * 32: 404,
            "/mailbox/../etc/passwd": 404,
            "/mailbox.json?limit=abc&cursor=zz": 200,
            "/mailbox.json?limit=99999999999999999999": 200,
            "/mailbox?cursor=%00&to=%ff": 200,
            "/mailbox/readyz": 200,
            "/mailbox/style.css": 200,
        }.items():
            async with client.get(path) as answer:
                assert answer.status == status, path

    _run(tmp_path, scenario)
