"""What a report looks like, by words with weights. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from shared.text import fold, nfc


class Outcome(StrEnum):
    """What becomes of a report."""

    ACCEPTED = "accepted"
    COMPLAINT = "complaint"  # khiếu nại
    DENUNCIATION = "denunciation"  # tố cáo
    STATE_SECRET = "state_secret"  # bí mật nhà nước


class Nature(StrEnum):
    """What whoever reports says it is."""

    FEEDBACK = "feedback"
    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"
    STATE_SECRET = "state_secret"


# If it looks like several, the gravest counts.
ROUTED_OUT = (Outcome.STATE_SECRET, Outcome.DENUNCIATION, Outcome.COMPLAINT)

_WORD = re.compile(r"[^\W_]+")


class Phrase(NamedTuple):
    """Words that weigh for an outcome; `folded` is what `folded_words` makes of `phrase`."""

    code: str
    outcome: str
    phrase: str
    folded: str
    weight: int
    source: str


class Verdict(NamedTuple):
    """What it looks like, how strongly, and by which phrases; `declared`: whoever reports says so."""

    outcome: Outcome
    score: int
    matched: Sequence[Phrase]
    declared: bool


def classify(
    nature: str, texts: Iterable[str], phrases: Sequence[Phrase], thresholds: Mapping[str, int]
) -> Verdict:
    """What a report is: as declared, or by the phrases found in it, each counted once, whose weights reach the
    threshold of an outcome. An outcome without a threshold is not looked for."""
    if nature != Nature.FEEDBACK:
        return Verdict(Outcome(nature), 0, (), declared=True)
    found = _found("\n".join(texts), phrases)
    for outcome in ROUTED_OUT:
        matched = [each for each in found if each.outcome == outcome]
        score = sum(each.weight for each in matched)
        if matched and score >= thresholds.get(outcome, score + 1):
            return Verdict(outcome, score, matched, declared=False)
    return Verdict(Outcome.ACCEPTED, 0, (), declared=False)


def folded_words(text: str) -> str:
    """The words of a text without marks and case, a space around each: " to cao "."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def _found(text: str, phrases: Sequence[Phrase]) -> list[Phrase]:
    """The phrases in the text. A word written with marks must have those of the phrase: "tổ cao" is not "tố cáo";
    one without marks may be either."""
    folded = folded_words(text)
    likely = [each for each in phrases if each.folded in folded]
    if not likely:
        return []
    words = [(fold(word), _marks(word)) for word in _WORD.findall(nfc(text))]
    return [each for each in likely if _stands_in(each, words)]


def _stands_in(phrase: Phrase, words: Sequence[tuple[str, Sequence[str]]]) -> bool:
    wanted = [(fold(word), _marks(word)) for word in _WORD.findall(nfc(phrase.phrase))]
    starts = range(len(words) - len(wanted) + 1)
    return any(all(map(_same, wanted, words[start : start + len(wanted)])) for start in starts)


def _same(wanted: tuple[str, Sequence[str]], word: tuple[str, Sequence[str]]) -> bool:
    return wanted[0] == word[0] and (not word[1] or word[1] == wanted[1])


def _marks(word: str) -> Sequence[str]:
    """Its marks without their places, for old and new spelling put the tone on different letters (hoà, hòa)."""
    letters = unicodedata.normalize("NFD", word.casefold())
    return sorted(each for each in letters if unicodedata.combining(each) or each == "đ")
