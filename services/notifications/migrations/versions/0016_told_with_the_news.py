"""A lone event is told with the news of it."""

from alembic import op

from shared.messaging.schema import replace_wake_function

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """The notification of the outbox carries the event."""
    replace_wake_function(op)  # type: ignore[arg-type]  # the module stands for the object


def downgrade() -> None:
    """Nothing: whoever does not read what a notification carries looks, as before."""
