"""The one table of what the assignments service does by itself: rows that are due, and who works them off."""

from services.assignments.accounts.sweep import forget
from services.assignments.bulk.working import forget_imports, work_off_imports
from services.assignments.coverage.sweep import take_snapshots, tell_gaps
from shared.messaging.clockwork import Duty

DUTIES: tuple[Duty, ...] = (
    Duty("work_off_imports", 1, work_off_imports),
    Duty("forget_imports", 3600, forget_imports),
    Duty("take_snapshots", 3600, take_snapshots),
    Duty("tell_gaps", 3600, tell_gaps),
    Duty("forget_tokens", 3600, forget),
)
