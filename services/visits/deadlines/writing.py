"""The statements that arm timers: as a part of the one that writes an issue, and by themselves."""

from services.visits.deadlines.model import GIVEN
from shared.prepared import Prepared

_NAMES = ", ".join(GIVEN)
_ROWS = f"""SELECT {_NAMES} FROM json_to_recordset(CAST(:timers AS json)) AS given(
        issue_id uuid, target text, policy text, step smallint, climbs boolean,
        armed_at timestamptz, warn_at timestamptz, due_at timestamptz)"""
_NULLS = ("warned_at", "fired_at", "paused_at", "pause_reason", "done_at", "outcome")
_ANEW = ", ".join(
    [f"{name} = excluded.{name}" for name in GIVEN if name not in ("issue_id", "target")]
    + [f"{name} = NULL" for name in _NULLS]
)

# A part of a WITH: the rows of `actions.rows_for` as JSON text, `dumps(rows)`, in the parameter `timers`.
# Without the row of a part named `issue` there are none.
ARMED = f"timers AS (INSERT INTO timers ({_NAMES}) {_ROWS} WHERE EXISTS (SELECT FROM issue))"

# Parts of a WITH, too, with the parameters that `actions.Changes` gives: end timers that are not ended yet, and arm
# others, anew if they are there; no timer may stand in both. `outcome` null: met or late, as they are.
CHANGED = f"""
    ended AS (
        UPDATE timers SET done_at = over.at,
            outcome = coalesce(over.outcome, CASE WHEN over.at <= due_at THEN 'met' ELSE 'late' END)
        FROM json_to_recordset(CAST(:ended AS json)) AS over(
            issue_id uuid, target text, at timestamptz, outcome text)
        WHERE timers.issue_id = over.issue_id AND timers.target = over.target AND done_at IS NULL
    ), armed AS (
        INSERT INTO timers ({_NAMES}) {_ROWS} ORDER BY issue_id, target
        ON CONFLICT (issue_id, target) DO UPDATE SET {_ANEW}
    )"""
CHANGE = Prepared(f"WITH {CHANGED} SELECT")

# What is overdue already is not held up: it has been missed.
PAUSE = Prepared(
    """
    UPDATE timers SET paused_at = :at, pause_reason = :reason
    WHERE issue_id = :issue AND done_at IS NULL AND fired_at IS NULL AND paused_at IS NULL AND due_at > :at
    """
)
