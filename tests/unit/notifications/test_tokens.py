"""The link in a mail."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from itsdangerous import TimestampSigner

from services.notifications.acknowledgements.tokens import VALID_FOR, Tokens
from shared import clock
from shared.errors import Gone, NotFound
from shared.ids import uuid7

TOKENS = Tokens("k" * 40)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_token_names_one_notification_and_when_it_ends() -> None:
    """What was signed is read back, with the moment of expiry."""
    notification_id = uuid7()
    with clock.frozen(NOW):
        assert TOKENS.read(TOKENS.issue(notification_id)) == (notification_id, NOW + VALID_FOR)


def test_a_token_needs_no_quoting_in_an_address() -> None:
    """Mail programs break links at odd characters; a token has none."""
    assert re.fullmatch(r"[A-Za-z0-9_.-]{40,100}", TOKENS.issue(uuid7()))


def test_an_old_token_is_gone() -> None:
    """After thirty days a link no longer acknowledges."""
    with clock.frozen(NOW):
        token = TOKENS.issue(uuid7())
    with clock.frozen(NOW + VALID_FOR - timedelta(minutes=1)):
        TOKENS.read(token)
    with clock.frozen(NOW + VALID_FOR + timedelta(minutes=1)), pytest.raises(Gone):
        TOKENS.read(token)


def test_a_changed_token_is_refused() -> None:
    """Changing any letter of a token makes it worthless."""
    token = TOKENS.issue(uuid7())
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        if place == len(token) - 1:
            continue  # the last letter of base64 carries bits that do not count
        with pytest.raises((NotFound, Gone)):
            TOKENS.read(changed)


@pytest.mark.parametrize("token", ["", ".", "x", "a.b.c", "ế", "\udc80", "A" * 5000])
def test_nonsense_is_refused(token: str) -> None:
    """What is no token at all is not found, whatever it is."""
    with pytest.raises(NotFound):
        TOKENS.read(token)


def test_a_token_of_another_purpose_or_key_is_refused() -> None:
    """The same secret signing something else, or another secret, gives no acknowledgement."""
    token = TOKENS.issue(uuid7())
    other_purpose = TimestampSigner("k" * 40, salt="session").sign(token.split(".")[0]).decode()
    for bad in (Tokens("j" * 40).issue(uuid7()), other_purpose):
        with pytest.raises(NotFound):
            TOKENS.read(bad)
