"""The SMTP client against a real server that misbehaves at each stage, with and without pipelining."""

import datetime as dt
import ipaddress
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.notifications.deliveries.provider import smtp_url
from services.notifications.deliveries.rules import PermanentFailure, ProviderTrouble, TemporaryFailure
from services.notifications.deliveries.smtp import LostDuring, Outgoing, Result, SmtpClient
from tests.support.smtp_sink import SmtpSink

PIPELINED, ONE_BY_ONE = "PIPELINING,8BITMIME,SMTPUTF8", "8BITMIME"


@pytest.fixture(scope="module", params=[PIPELINED, ONE_BY_ONE], ids=["pipelined", "one-by-one"])
def server(request: pytest.FixtureRequest) -> Iterator[SmtpSink]:
    """A server that offers PIPELINING, and one that does not."""
    with SmtpSink("--keep", "--extensions", request.param) as sink:
        yield sink


@pytest.fixture
def sink(server: SmtpSink) -> SmtpSink:
    """The server, willing and empty."""
    server.listen()
    server.clear()
    return server


Connect = Callable[..., SmtpClient]


@pytest.fixture
def client() -> Iterator[Connect]:
    """Makes clients of the server at a URL, closed in the end."""
    made: list[SmtpClient] = []

    def connect(url: str, timeout: float = 10.0) -> SmtpClient:
        made.append(SmtpClient(smtp_url(url), "cau-noi@caunoi.example", timeout))
        return made[-1]

    yield connect
    for each in made:
        each.close()


def message(number: int, text: str = "hello") -> Outgoing:
    """A small mail."""
    content = f"Message-ID: <{number}@x>\r\nSubject: {number}\r\n\r\n{text}\r\n"
    return Outgoing(number, f"u{number}@x.example", content.encode())


def send(mails: SmtpClient, *messages: Outgoing) -> list[Result]:
    """Deliver and collect the results."""
    return list(mails.deliver(iter(messages)))


def accepted(sink: SmtpSink) -> list[str]:
    """Who got mail, in order."""
    return [to for to, _, _ in sink.messages()]


def test_messages_go_out_in_order_over_one_connection(sink: SmtpSink, client: Connect) -> None:
    """Several calls reuse one connection; each message is accepted as it was written."""
    before = sink.stats()["connections"]
    mails = client(sink.url)
    results = [*send(mails, message(1), message(2)), *send(mails, message(3))]
    assert [(r.message.key, r.failure, r.code) for r in results] == [(1, None, 250), (2, None, 250), (3, None, 250)]
    assert sink.raw() == [message(n).content for n in (1, 2, 3)]
    assert sink.stats()["connections"] == before + 1


def test_dots_at_line_starts_arrive_as_written(sink: SmtpSink, client: Connect) -> None:
    """A line of a single dot does not end the message early."""
    text = ".\r\n..\r\n.dot\r\nend"
    assert send(client(sink.url), message(1, text))[0].failure is None
    assert sink.raw()[0].replace(b"\r\n..", b"\r\n.").endswith(b"\r\n.\r\n..\r\n.dot\r\nend\r\n")


@pytest.mark.parametrize("stage", ["rcpt", "data", "content"])
@pytest.mark.parametrize(
    ("answer", "kind"), [("451 4.3.0 later", TemporaryFailure), ("550 5.1.1 no", PermanentFailure)]
)
def test_one_refused_message_does_not_disturb_the_others(
    sink: SmtpSink, stage: str, answer: str, kind: type[Exception], client: Connect
) -> None:
    """Whatever stage a refusal comes at, it is of the right kind, and the messages around it are accepted."""
    sink.rules({"stage": stage, "answer": answer, "match": "u2@"})
    results = send(client(sink.url), message(1), message(2), message(3))
    assert [type(r.failure) for r in results] == [type(None), kind, type(None)]
    assert results[1].code == int(answer[:3]) and answer[:3] in str(results[1].failure)
    assert accepted(sink) == ["u1@x.example", "u3@x.example"]


@pytest.mark.parametrize("answer", ["451 4.3.0 later", "550 5.7.1 sender not welcome"])
def test_a_refused_sender_is_trouble_of_the_provider(sink: SmtpSink, answer: str, client: Connect) -> None:
    """What is refused before the server has heard of any recipient is refused to all: no message is blamed."""
    sink.rules({"stage": "mail", "answer": answer, "times": 1})
    with pytest.raises(LostDuring, match=answer[:3]) as caught:
        send(client(sink.url), message(1), message(2))
    assert caught.value.message.key == 1 and not caught.value.unclear and accepted(sink) == []


def test_a_check_sends_nothing(sink: SmtpSink, client: Connect) -> None:
    """Whether a server would take mail is asked without any, and the connection is good for mail afterwards."""
    mails = client(sink.url)
    mails.check()
    assert accepted(sink) == [] and [r.failure for r in send(mails, message(1))] == [None]
    sink.rules({"stage": "mail", "answer": "550 5.7.1 sender not welcome", "times": 1})
    with pytest.raises(ProviderTrouble, match="550"):
        mails.check()
    sink.refuse()
    with pytest.raises(ProviderTrouble, match="refused"):
        mails.check()


def test_refused_messages_in_a_row_leave_the_connection_usable(sink: SmtpSink, client: Connect) -> None:
    """Refusals one after the other, then an acceptance: nothing gets out of step."""
    sink.rules({"stage": "rcpt", "answer": "550 no", "times": 3})
    results = send(client(sink.url), *(message(n) for n in range(1, 6)))
    assert [r.failure is None for r in results] == [False, False, False, True, True]
    assert accepted(sink) == ["u4@x.example", "u5@x.example"]


def test_a_server_that_awaits_content_for_nobody_gets_an_empty_message(client: Connect) -> None:
    """RFC 2920, 3.1: where DATA is answered 354 after a refused recipient, the message ends at once."""
    with SmtpSink("--lax", "--keep") as sink:
        sink.rules({"stage": "rcpt", "answer": "550 no", "match": "u2@"})
        results = send(client(sink.url), message(1), message(2), message(3))
        assert [r.failure is None for r in results] == [True, False, True]
        assert accepted(sink) == ["u1@x.example", "u3@x.example"]


def test_nobody_listening_is_trouble_of_the_provider(sink: SmtpSink, client: Connect) -> None:
    """A refused connection concerns no message."""
    sink.refuse()
    with pytest.raises(ProviderTrouble, match="refused") as caught:
        send(client(sink.url), message(1))
    assert not isinstance(caught.value, LostDuring)


@pytest.mark.parametrize("answer", ["421 closing", "554 go away", "hang", "drop"])
def test_an_unfriendly_greeting_is_trouble_of_the_provider(sink: SmtpSink, answer: str, client: Connect) -> None:
    """Whatever a server does instead of greeting, no message is blamed, and it does not take for ever."""
    sink.rules({"stage": "connect", "answer": answer})
    began = time.monotonic()
    with pytest.raises(ProviderTrouble):
        send(client(sink.url, timeout=1.0 if answer == "hang" else 10.0), message(1))
    assert time.monotonic() - began < 9


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "content"])
@pytest.mark.parametrize("answer", ["hang", "drop", "421 shutting down"])
def test_a_lost_connection_names_the_message_under_way(
    sink: SmtpSink, stage: str, answer: str, client: Connect
) -> None:
    """Silence, a cut or 421 in the first transaction stops everything and names one message."""
    sink.rules({"stage": stage, "answer": answer})
    with pytest.raises(LostDuring) as caught:
        send(client(sink.url, timeout=1.0 if answer == "hang" else 10.0), message(1), message(2))
    assert caught.value.message.key == 1 and accepted(sink) == []


def test_a_cut_after_the_content_is_ambiguous(sink: SmtpSink, client: Connect) -> None:
    """The server took the message and said nothing: it is named as perhaps accepted; later ones were not sent."""
    sink.rules({"stage": "content", "answer": "accept-drop", "times": 1})
    with pytest.raises(LostDuring, match="may have been accepted") as caught:
        send(client(sink.url), message(1), message(2))
    assert caught.value.message.key == 1 and caught.value.unclear and accepted(sink) == ["u1@x.example"]


@pytest.mark.parametrize("answer", ["drop", "421 too many messages"])
def test_a_server_may_close_a_used_connection(sink: SmtpSink, answer: str, client: Connect) -> None:
    """Limits on messages per connection are common: the next message goes out over a new one, unharmed."""
    mails = client(sink.url)
    send(mails, message(1))
    sink.rules({"stage": "mail", "answer": answer, "times": 1})
    assert [r.failure for r in send(mails, message(2), message(3))] == [None, None]
    assert accepted(sink) == ["u1@x.example", "u2@x.example", "u3@x.example"]


def test_a_restarted_server_is_found_again(sink: SmtpSink, client: Connect) -> None:
    """An idle connection that died is replaced without a word."""
    mails = client(sink.url)
    send(mails, message(1))
    sink.refuse()
    sink.listen()
    assert [r.failure for r in send(mails, message(2))] == [None]


def test_a_caller_that_stops_leaves_no_half_message(sink: SmtpSink, client: Connect) -> None:
    """Stopped in the middle, the connection is given up, and the next call starts afresh."""
    mails = client(sink.url)
    results = mails.deliver(iter([message(1), message(2), message(3)]))
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert [r.failure for r in send(mails, message(4))] == [None]
    assert accepted(sink) == ["u1@x.example", "u4@x.example"]


def test_an_address_beyond_ascii_is_sent_as_smtputf8(client: Connect) -> None:
    """A server that takes SMTPUTF8 is told so."""
    with SmtpSink() as sink:
        mails = client(sink.url)
        assert send(mails, Outgoing(1, "ông@x.example", message(1).content))[0].failure is None
        assert mails.smtputf8 and accepted(sink) == ["ông@x.example"]


def test_an_endless_reply_is_cut_off(sink: SmtpSink, client: Connect) -> None:
    """A server that talks without end is left."""
    sink.rules({"stage": "mail", "answer": "250-" + "x" * 200_000})
    with pytest.raises(LostDuring, match="endless"):
        send(client(sink.url), message(1))


def certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """A self-made certificate for a host, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = (
        builder.not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{host}.pem", folder / f"{host}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


def test_starttls_with_login(tmp_path: Path, client: Connect) -> None:
    """Encrypted by STARTTLS with a certificate we trust, logged in, pipelined: the mail is accepted."""
    cert, key = certificate(tmp_path, "127.0.0.1")
    with SmtpSink(
        "--certificate", str(cert), "--key", str(key), "--user", "cau-noi", "--password", "secret"
    ) as sink:
        url = f"smtp://cau-noi:secret@127.0.0.1:{sink.port}?starttls=1&ca={cert}"
        assert [r.failure for r in send(client(url), *(message(n) for n in range(20)))] == [None] * 20


def test_tls_from_the_first_byte(tmp_path: Path, client: Connect) -> None:
    """smtps:// encrypts before anything is said."""
    cert, key = certificate(tmp_path, "127.0.0.1")
    with SmtpSink("--certificate", str(cert), "--key", str(key), "--tls") as sink:
        url = f"smtps://127.0.0.1:{sink.port}?ca={cert}"
        assert [r.failure for r in send(client(url), message(1), message(2))] == [None, None]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path, host: str, client: Connect) -> None:
    """An unknown authority, or a name that does not match, is trouble of the provider: nothing is sent."""
    cert, key = certificate(tmp_path, host)
    with SmtpSink("--certificate", str(cert), "--key", str(key)) as sink:
        ca = f"&ca={cert}" if host == "127.0.0.2" else ""
        url = f"smtp://127.0.0.1:{sink.port}?starttls=1{ca}"
        with pytest.raises(ProviderTrouble, match="certificate"):
            send(client(url), message(1))
        assert accepted(sink) == []


def test_starttls_that_is_not_offered_is_not_done_without(sink: SmtpSink, client: Connect) -> None:
    """Asked for encryption, we never fall back to plain text."""
    with pytest.raises(ProviderTrouble, match="STARTTLS"):
        send(client(f"{sink.url}?starttls=1"), message(1))
    assert accepted(sink) == []


@pytest.mark.parametrize("login", ["", "cau-noi:wrong@"])
def test_a_missing_or_wrong_login_is_no_message_s_fault(login: str, client: Connect) -> None:
    """530 and 535 are for the operator: no mail is given up for them."""
    with SmtpSink("--user", "cau-noi", "--password", "secret") as sink, pytest.raises(ProviderTrouble, match="53"):
        send(client(f"smtp://{login}127.0.0.1:{sink.port}"), message(1))
