"""How long to wait before a role that died is started again."""

import random
from dataclasses import dataclass

FIRST = 0.2  # seconds
LONGEST = 15.0  # seconds
STEADY = 10.0  # seconds it has to stay up to be trusted again


@dataclass
class Backoff:
    """Doubling, jittered, capped; forgets after the role stayed up."""

    failures: int = 0

    def next_delay(self, uptime: float) -> float:
        """Seconds to wait after a death, given how long it had been up."""
        self.failures = 1 if uptime >= STEADY else self.failures + 1
        whole = min(LONGEST, FIRST * 2 ** min(self.failures - 1, 10))
        return whole * random.uniform(0.5, 1.0)
