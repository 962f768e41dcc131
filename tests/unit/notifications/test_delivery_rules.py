"""What an SMTP answer means, when to try again, when to stop."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.deliveries import rules
from services.notifications.deliveries.rules import (
    Hold,
    PermanentFailure,
    ProviderTrouble,
    TemporaryFailure,
    after_attempt,
    check_address,
    failure,
    given_back,
    retry_delay,
    without_contact,
)
from services.notifications.notifications.rules import State, Waiting

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (450, TemporaryFailure),
        (451, TemporaryFailure),
        (452, TemporaryFailure),
        (499, TemporaryFailure),
        (500, PermanentFailure),
        (550, PermanentFailure),
        (552, PermanentFailure),
        (554, PermanentFailure),
        (599, PermanentFailure),
        (421, ProviderTrouble),
        (530, ProviderTrouble),
        (534, ProviderTrouble),
        (535, ProviderTrouble),
        (538, ProviderTrouble),
        (0, ProviderTrouble),
        (250, ProviderTrouble),
        (354, ProviderTrouble),
        (600, ProviderTrouble),
    ],
)
def test_a_reply_is_temporary_permanent_or_about_the_provider(code: int, kind: type[Exception]) -> None:
    """4yz may pass, 5yz will not; what is said about our login or makes no sense is no message's fault."""
    assert type(failure(code, "text", "RCPT")) is kind


def test_a_failure_says_where_and_what() -> None:
    """The reason names the command and quotes the server."""
    found = failure(550, "5.1.1 no such user", "RCPT")
    assert (found.reason, found.code) == ("RCPT: 550 5.1.1 no such user", 550)


@given(st.integers(1, 60), st.floats(-0.25, 0.25))
def test_delays_grow_are_capped_and_spread(attempts: int, spread: float) -> None:
    """Each wait is the double of the one before, at most two hours, a quarter more or less."""
    delay = retry_delay(attempts, spread)
    middle = min(5 * 2 ** (attempts - 1), 7200)
    assert middle * 0.749 <= delay.total_seconds() <= middle * 1.251


def test_failures_of_one_moment_do_not_come_back_together() -> None:
    """The spread is drawn anew for every message."""
    assert len({retry_delay(5) for _ in range(20)}) > 15


def test_retries_cover_about_a_day() -> None:
    """Tried at ever longer intervals, a message is given up after 22 to 24 hours and about twenty attempts."""
    now, attempts, since = NOW, 0, None
    while True:
        change = after_attempt(TemporaryFailure("451"), attempts=attempts, tried_since=since, now=now)
        attempts, since = attempts + 1, since or now
        if change.due_at is None:
            break
        now = change.due_at
    assert change.state is State.FAILED and change.error == "451"
    assert timedelta(hours=21) < now - NOW <= DAY and 18 <= attempts <= 26


def test_accepted_is_the_end() -> None:
    """A sent message is not due again."""
    change = after_attempt(None, attempts=0, tried_since=None, now=NOW)
    assert (change.state, change.due_at, change.lease_until) == (State.SENT, None, None)


def test_permanent_fails_at_once() -> None:
    """The first 5yz ends it, with the reason kept."""
    change = after_attempt(PermanentFailure("550 no"), attempts=0, tried_since=None, now=NOW)
    assert (change.state, change.due_at, change.error) == (State.FAILED, None, "550 no")


def test_what_was_not_tried_loses_nothing() -> None:
    """A message given back keeps its place in the queue and counts no attempt."""
    change = given_back(NOW, timedelta(seconds=2), NOW + timedelta(seconds=9))
    assert (change.due_at, change.lease_until) == (NOW, NOW + timedelta(seconds=11))


@given(st.floats(0, 86399))
def test_without_a_contact_it_waits_visibly(age: float) -> None:
    """Looked at again after a quarter of its age, 5 seconds to 15 minutes, and it says what it waits for."""
    now = NOW + timedelta(seconds=age)
    change = without_contact(Waiting.NO_CONTACT, NOW, now)
    assert change.due_at is not None and (change.state, change.waiting) == (State.PENDING, "no_contact")
    assert timedelta(seconds=5) <= change.due_at - now <= timedelta(minutes=15)


def test_without_a_contact_for_a_day_it_fails() -> None:
    """Nobody waits for ever unseen."""
    change = without_contact(Waiting.NO_ADDRESS, NOW, NOW + DAY)
    assert (change.state, change.due_at, change.error) == (State.FAILED, None, "no address")


@pytest.mark.parametrize("address", ["an@bentre.example", "a.b+c@x.y", "ông@bentre.example"])
def test_good_addresses_are_kept(address: str) -> None:
    """What SMTP takes is passed on as it is."""
    assert check_address(address) == address


def test_a_vietnamese_domain_is_sent_in_ascii() -> None:
    """A domain beyond ASCII goes out in IDNA."""
    assert check_address("an@bếntre.example") == "an@xn--bntre-o61b.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "an",
        "@x",
        "an@",
        "a b@x.y",
        "a@x.y>",
        "<a@x.y",
        "a@x.y\r\nRCPT TO:<b@x.y>",
        "a@b@c",
        '"a"@x.y',
        "a\x00@x",
    ],
)
def test_bad_addresses_fail_for_good(address: str) -> None:
    """What could end the command, or name somebody else, never reaches the server."""
    with pytest.raises(PermanentFailure):
        check_address(address)


def test_a_troubled_provider_is_left_alone_a_little_longer_each_time() -> None:
    """The pause doubles from 2 seconds to 15; one success ends it."""
    hold = Hold()
    assert [hold.trouble(0.0) for _ in range(5)] == [timedelta(seconds=each) for each in (2, 4, 8, 15, 15)]
    assert hold.holds(14.9) and not hold.holds(15.1)
    hold.success(0.0)
    assert not hold.holds(0.0) and hold.trouble(0.0) == timedelta(seconds=2)


def test_of_many_calls_at_once_the_first_bad_answer_counts() -> None:
    """Begun before the trouble, a second failure does not lengthen the pause, and a success does not end it."""
    hold = Hold()
    hold.trouble(1.0, begun=0.0)
    assert hold.trouble(1.1, begun=0.5) is None and not hold.success(1.2, begun=0.5)
    assert hold.holds(2.9) and not hold.holds(3.1)
    assert hold.success(4.0, begun=3.2) and hold.trouble(4.1, begun=3.3) is None


@given(st.floats(0, 1e7))
def test_lateness_falls_into_the_smallest_bucket_that_holds_it(seconds: float) -> None:
    """As Prometheus counts: up to and including the bound."""
    le = rules.lateness_bucket(seconds)
    smaller = [each for each in rules.LATENESS_BUCKETS if each < le]
    assert seconds <= le and all(seconds > each for each in smaller)
