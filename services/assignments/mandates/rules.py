"""What a post is charged with. Pure.

Source: the duties praised and the weaknesses named at the review conference of 12 April 2017; the texts are rows.
"""

from enum import StrEnum


class ChargeKind(StrEnum):
    """What one must do, or may do."""

    DUTY = "duty"
    POWER = "power"
