"""Reading the rules of intake, and holding reports against them."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.intake.model import IntakeCount, IntakeGuidance, IntakePhrase
from services.visits.intake.rules import Nature, Outcome, Phrase, Verdict, classify, folded_words
from services.visits.units.queries import paths_of
from services.visits.units.rules import narrowed
from shared.errors import BadInput
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_KEPT = 10.0  # seconds
_remembered: WeakKeyDictionary[object, tuple[float, "_Book"]] = WeakKeyDictionary()


class RoutedOut(BadInput):
    """This is not handled here. Nothing of it was kept; see guidance for where it belongs."""

    def __init__(self, verdict: Verdict, guidance: Mapping[str, Any], unit_path: str) -> None:
        self.outcome, self.unit_path = verdict.outcome, unit_path
        matched = [
            {"phrase": each.phrase, "weight": each.weight, "source": each.source} for each in verdict.matched
        ]
        facts: dict[str, Any] = {
            "outcome": verdict.outcome,
            "declared": verdict.declared,
            "guidance": guidance,
            "matched": matched,
        }
        super().__init__(field="nature" if verdict.declared else "confirmed_not", **facts)


class _Book(NamedTuple):
    phrases: Sequence[Phrase]
    thresholds: Mapping[str, int]
    guidance: Mapping[str, Mapping[str, Any]]


def check(session: Session, given: Mapping[str, Any], unit_path: str) -> str | None:
    """May this be reported? None, or what it looks like although the client confirms that it is not.

    Raises RoutedOut. What is declared cannot be confirmed away."""
    verdict = judge(session, given)
    if verdict.outcome == Outcome.ACCEPTED:
        return None
    if given.get("confirmed_not") and not verdict.declared:
        return verdict.outcome
    raise RoutedOut(verdict, guidance_of(session, verdict.outcome) or {}, unit_path)


def judge(session: Session, given: Mapping[str, Any]) -> Verdict:
    """What a report with these nature, title and description is."""
    book = _book(session)
    return classify(
        given.get("nature", Nature.FEEDBACK), (given["title"], given["description"]), book.phrases, book.thresholds
    )


def guidance_of(session: Session, outcome: str) -> Mapping[str, Any] | None:
    """What people are told of it in both languages, and the source; None for what is accepted."""
    return _book(session).guidance.get(outcome)


def forget(session: Session) -> None:
    """Read the rules again next time: they have been changed here."""
    _remembered.pop(session.bind, None)


def phrases(session: Session) -> Sequence[IntakePhrase]:
    """All phrases, in use or not."""
    return session.scalars(select(IntakePhrase).order_by(IntakePhrase.outcome, IntakePhrase.code)).all()


def guidance(session: Session) -> Sequence[IntakeGuidance]:
    """What is said of each outcome."""
    return session.scalars(select(IntakeGuidance).order_by(IntakeGuidance.outcome)).all()


def counts(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of counts inside the territory, newest day first; `filters` is what CountFilters loads."""
    places = narrowed(who.territories, paths_of(session, filters["unit"]) if "unit" in filters else None)
    inside = territory_filter(IntakeCount.unit_path, Principal("", frozenset(), tuple(places)))
    statement = select(IntakeCount).where(inside)
    if "outcome" in filters:
        statement = statement.where(IntakeCount.outcome == filters["outcome"])
    keys: Any = (IntakeCount.day, IntakeCount.unit_path, IntakeCount.outcome)
    limits = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, *keys, descending=True, **limits)


def _book(session: Session) -> _Book:
    """The rules in force, remembered for seconds."""
    until, book = _remembered.get(session.bind, (0.0, None))
    if book is None or time.monotonic() > until:
        rows = session.scalars(select(IntakePhrase).where(IntakePhrase.active))
        known = [
            Phrase(row.code, row.outcome, row.phrase, folded_words(row.phrase), row.weight, row.source)
            for row in rows
        ]
        said = guidance(session)
        book = _Book(
            known,
            {each.outcome: each.threshold for each in said},
            {each.outcome: {"vi": each.text_vi, "en": each.text_en, "source": each.source} for each in said},
        )
        _remembered[session.bind] = (time.monotonic() + _KEPT, book)
    return book
