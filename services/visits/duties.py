"""The one table of what the visits service does by itself: rows that are due, and who works them off."""

from sqlalchemy.orm import Session, sessionmaker

from services.visits.cadence.reminding import remind_regularly
from services.visits.feedback.sweep import chase_feedback
from services.visits.files.clearing import clear
from services.visits.files.opening import store_at
from services.visits.information.sweep import chase_information
from services.visits.ladder import sweep as ladder
from services.visits.privacy.sweep import tidy_reporters
from services.visits.proposals.sweep import chase_signatures
from services.visits.reorganisations.sweep import follow_late
from services.visits.reports.sweep import chase_reports
from services.visits.sealing import Sealer
from services.visits.settings import Settings
from services.visits.threads.sweep import tell_watchers_of_news
from services.visits.visits.sweep import settle_visits
from shared.messaging.clockwork import Duty


def clear_files(sessions: sessionmaker[Session]) -> None:
    """Clear away files that nobody attached, and contents that no file has."""
    clear(sessions, store_at(Settings.from_env().files_url))


def tidy_contacts(sessions: sessionmaker[Session]) -> None:
    """Erase reporters whose time is over, and seal those that are not, or with a secret that was changed."""
    tidy_reporters(sessions, Sealer(Settings.from_env().secrets))


DUTIES: tuple[Duty, ...] = (
    Duty("climb", 1, ladder.climb),
    Duty("note_missed", 2, ladder.note),
    Duty("warn_near", 2, ladder.warn),
    Duty("clear_files", 3600, clear_files),
    Duty("tidy_contacts", 600, tidy_contacts),
    Duty("remind_regularly", 300, remind_regularly),
    Duty("chase_reports", 60, chase_reports),
    Duty("chase_information", 60, chase_information),
    Duty("settle_visits", 60, settle_visits),
    Duty("chase_feedback", 60, chase_feedback),
    Duty("chase_signatures", 60, chase_signatures),
    Duty("follow_late", 15, follow_late),
    Duty("tell_watchers", 30, tell_watchers_of_news),
)
