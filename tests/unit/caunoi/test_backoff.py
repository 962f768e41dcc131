"""Restarts wait longer and longer, never in step, and forget what is past."""

import pytest

from caunoi.backoff import FIRST, LONGEST, STEADY, Backoff


def test_delays_double_up_to_a_cap() -> None:
    """The delay doubles with every quick death and never passes the cap."""
    backoff = Backoff()
    delays = [backoff.next_delay(uptime=0.1) for _ in range(12)]
    for number, delay in enumerate(delays):
        whole = min(LONGEST, FIRST * 2**number)
        assert whole / 2 <= delay <= whole


def test_delays_are_jittered() -> None:
    """Two roles that died together are not started together."""
    assert len({Backoff(failures=5).next_delay(uptime=0.1) for _ in range(10)}) > 1


@pytest.mark.parametrize(("uptime", "longest"), [(STEADY, FIRST), (STEADY - 1, FIRST * 2**5)])
def test_a_role_that_stayed_up_is_trusted_again(uptime: float, longest: float) -> None:
    """Only a role that stayed up long enough starts again at the first delay."""
    delay = Backoff(failures=5).next_delay(uptime)
    assert longest / 2 <= delay <= longest
