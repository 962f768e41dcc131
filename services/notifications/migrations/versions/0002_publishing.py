"""Workers publish what they record by themselves: the trigger of the outbox lets the relay sleep on."""

from alembic import op

from shared.messaging.schema import replace_wake_function

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    replace_wake_function(op)  # type: ignore[arg-type]  # the module stands for the object


def downgrade() -> None:
    """The newer function also serves the older code."""
