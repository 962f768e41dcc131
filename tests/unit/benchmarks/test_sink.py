"""The sink and what is measured with it."""

import smtplib
from collections.abc import Iterator

import pytest

from benchmarks.figures import NotMeasured
from benchmarks.sink import Sink

MAIL = b"Subject: x\r\nMessage-ID: <%d@caunoi.example>\r\n\r\nxin ch\xc3\xa0o\r\n"


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    """A running sink."""
    with Sink() as running:
        yield running


def _send(sink: Sink, *numbers: int) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, local_hostname="test") as smtp:
        for number in numbers:
            smtp.sendmail("a@caunoi.example", f"b{number}@bentre.example", MAIL % number)


def test_mails_are_counted_and_timed(sink: Sink) -> None:
    """The moment of the n-th mail is known, and what was sent is kept."""
    sink.forget()
    _send(sink, 1, 2, 3)
    assert sink.wait(1, 5) <= sink.wait(3, 5)
    assert b"Message-ID: <3@caunoi.example>" in sink.last()
    assert sink.duplicates() == 0


def test_repeats_are_noticed(sink: Sink) -> None:
    """The same Message-ID for the same recipient is a duplicate."""
    sink.forget()
    _send(sink, 1, 2, 1)
    sink.wait(3, 5)
    assert sink.duplicates() == 1


def test_mails_that_do_not_come_are_an_error(sink: Sink) -> None:
    """A figure is not made up."""
    sink.forget()
    with pytest.raises(NotMeasured, match="only 0 came"):
        sink.wait(1, 0.1)


def test_commands_may_come_all_at_once(sink: Sink) -> None:
    """PIPELINING: the envelope in one packet, the next one in that of the content."""
    sink.forget()
    envelope = b"MAIL FROM:<a@caunoi.example>\r\nRCPT TO:<b@bentre.example>\r\nDATA\r\n"
    with smtplib.SMTP("127.0.0.1", sink.port, local_hostname="test") as smtp:
        assert smtp.sock is not None
        smtp.ehlo()
        assert smtp.has_extn("pipelining") and smtp.has_extn("8bitmime")
        smtp.sock.sendall(envelope)
        assert [smtp.getreply()[0] for _ in range(3)] == [250, 250, 354]
        smtp.sock.sendall(MAIL % 1 + b".\r\n" + envelope)
        assert [smtp.getreply()[0] for _ in range(4)] == [250, 250, 250, 354]
        smtp.sock.sendall(MAIL % 2 + b".\r\n")
        assert smtp.getreply()[0] == 250
    sink.wait(2, 5)
