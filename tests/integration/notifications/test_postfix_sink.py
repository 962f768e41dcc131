"""The sender against Postfix's own SMTP test server: whatever it does, one accepted mail or a visible failure."""

from datetime import timedelta

import pytest

from shared import clock
from tests.integration.notifications.conftest import Service
from tests.support import facts
from tests.support.postfix_sink import PostfixSink

STAGES = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", ".")

# What the sender does when a command is refused for good: of a recipient or a message it is the end, of anything
# before it is the provider's trouble.
HARD = {"CONNECT": "pending", "MAIL": "pending", "RCPT": "failed", "DATA": "failed", ".": "failed"}


def accepted_at_last(service: Service, faults: tuple[str, ...]) -> str:
    """Send one mail while the server has these faults, and again when it has none; the state in between."""
    service.tell(facts.recipient())
    with PostfixSink(*faults) as faulty:
        sender = service.sender(faulty.url)
        sender.send_due(service.sessions)
    (row,) = service.emails()
    with PostfixSink(port=faulty.port) as good:
        sender.carrier.outlets.all[0].hold.until = 0.0
        with clock.frozen((row.due_at or clock.now()) + timedelta(seconds=1)):
            sender.send_due(service.sessions)
        messages = good.messages()
    (after,) = service.emails()
    attempts = service.rows("SELECT outcome FROM delivery_attempts ORDER BY id")
    if row.state == "pending":
        assert (after.state, len(messages), [a.outcome for a in attempts]) == ("sent", 1, ["temporary", "sent"])
        assert messages[0]["Message-ID"] == f"<{row.id}@caunoi.example>"
    elif row.state == "failed":
        assert (after.state, messages, [a.outcome for a in attempts]) == ("failed", [], ["permanent"])
        assert row.last_error
    else:
        assert (messages, [a.outcome for a in attempts]) == ([], ["sent"])
    return str(row.state)


@pytest.mark.parametrize("stage", ["CONNECT", "MAIL", "RCPT", "DATA", "."])
def test_refused_for_now_it_is_sent_later(service: Service, stage: str) -> None:
    """4xx, as a server does that greylists or is overloaded."""
    assert accepted_at_last(service, ("-r", stage)) == "pending"


@pytest.mark.parametrize("stage", HARD)
def test_refused_for_good_it_fails_visibly_or_waits_for_the_provider(service: Service, stage: str) -> None:
    """5xx: what concerns this mail ends it with the server's words; what concerns the provider does not."""
    assert accepted_at_last(service, ("-f", stage)) == HARD[stage]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("how", ["-q", "-Q"])
def test_a_server_that_leaves_is_tried_again(service: Service, how: str, stage: str) -> None:
    """Without a word, or with 421."""
    assert accepted_at_last(service, (how, stage)) == "pending"


@pytest.mark.parametrize("faults", [("-w", "1"), ("-p",), ("-e",), ("-E",), ("-8",)])
def test_a_slow_or_simple_server_gets_the_mail_at_once(service: Service, faults: tuple[str, ...]) -> None:
    """Slow at DATA; without pipelining, ESMTP, enhanced codes or 8BITMIME."""
    assert accepted_at_last(service, faults) == "sent"


def test_the_mail_arrives_as_it_was_written(service: Service) -> None:
    """Parsed back from what the server received: Vietnamese in the subject and in both parts."""
    service.tell(facts.recipient("Trần Thị Mỹ Dung"))
    with PostfixSink() as sink:
        service.sender(sink.url).send_due(service.sessions)
        (message,) = sink.messages()
    parts = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
    assert all(part is not None and "Trần Thị Mỹ Dung" in part.get_content() for part in parts.values())
    assert "Mỹ" in str(message["To"]) and message["Content-Language"] == "vi"
