"""Counting what is sent elsewhere, and changing the rules."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.visits.intake.model import IntakeCount, IntakeGuidance, IntakePhrase
from services.visits.intake.queries import RoutedOut, forget
from services.visits.intake.rules import folded_words
from shared import clock
from shared.errors import BadInput, Forbidden, NotFound
from shared.web.auth import Principal


def count(session: Session, refused: RoutedOut) -> None:
    """One more of this outcome, unit and day; nothing else of it is kept."""
    row = {"unit_path": refused.unit_path, "day": clock.today(), "outcome": refused.outcome, "count": 1}
    one_more = {"count": IntakeCount.count + 1}
    keys = ["unit_path", "day", "outcome"]
    session.execute(insert(IntakeCount).values(row).on_conflict_do_update(index_elements=keys, set_=one_more))


def open_phrase(session: Session, code: str, who: Principal) -> IntakePhrase:
    """The phrase with this code, locked, or a new one of version 0.

    Raises Forbidden for a client whose territory is not everything, NotFound for what cannot be a code."""
    _check_everywhere(who)
    if not (1 <= len(code) <= 60 and code.isascii() and code.replace("_", "a").isalnum() and code.islower()):
        raise NotFound()
    return session.get(IntakePhrase, code, with_for_update=True) or IntakePhrase(code=code, version=0)


def set_phrase(session: Session, phrase: IntakePhrase, given: dict[str, Any]) -> IntakePhrase:
    """Change a phrase, or add it; `given` is what PhraseInput loads. Raises BadInput naming `phrase`."""
    if not folded_words(given["phrase"]).strip():
        raise BadInput("Give at least one word.", field="phrase")
    _set(session, phrase, given)
    return phrase


def open_guidance(session: Session, outcome: str, who: Principal) -> IntakeGuidance:
    """What is said of an outcome, locked.

    Raises Forbidden for a client whose territory is not everything, NotFound."""
    _check_everywhere(who)
    found = session.get(IntakeGuidance, outcome, with_for_update=True)
    if found is None:
        raise NotFound()
    return found


def set_guidance(session: Session, guidance: IntakeGuidance, given: dict[str, Any]) -> IntakeGuidance:
    """Change what people are told and from which weight; `given` is what GuidanceInput loads."""
    _set(session, guidance, given)
    return guidance


def _check_everywhere(who: Principal) -> None:
    if "" not in who.territories:
        raise Forbidden("The rules of intake hold everywhere; your territory does not.")


def _set(session: Session, row: IntakePhrase | IntakeGuidance, given: dict[str, Any]) -> None:
    for name, value in given.items():
        setattr(row, name, value)
    row.version += 1
    session.add(row)
    session.flush()
    forget(session)
