"""How alike two issues are, and which words decide it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from rapidfuzz import fuzz

from shared.search import words

# The first words of a text say what it is about; comparing more costs time and decides nothing.
WORDS_COMPARED = 120

Candidate = TypeVar("Candidate")


@dataclass(frozen=True, slots=True)
class Likeness:
    """The folded words of an issue, ready to be compared."""

    title: str
    text: str

    @classmethod
    def of(cls, title: str, description: str) -> "Likeness":
        """Of an issue as it was written: diacritics, case and punctuation do not count."""
        return cls(_joined(title), _joined(f"{title}\n{description}"))

    def score(self, other: "Likeness") -> float:
        """0 (nothing in common) to 100 (the same): the titles word by word, whatever their order, and whether the
        words of one text are found in the other; half each."""
        if not (self.title and other.title):
            return 0.0
        titles = fuzz.token_sort_ratio(self.title, other.title)
        texts = fuzz.token_set_ratio(self.text, other.text)
        return round((titles + texts) / 2, 1)


def most_alike(
    wanted: Likeness, candidates: Iterable[tuple[Likeness, Candidate]], *, least: float, at_most: int
) -> list[tuple[float, Candidate]]:
    """The candidates that score at least `least`, best first; of equals the one given first."""
    scored = ((wanted.score(likeness), each) for likeness, each in candidates)
    found = sorted((pair for pair in scored if pair[0] >= least), key=lambda pair: -pair[0])
    return list(islice(found, at_most))


def neighbourhood(path: str) -> str:
    """Where duplicates of an issue are looked for: the unit above its commune ("83/829/28789/" -> "83/829/"),
    a place with none above it itself."""
    above = path.rstrip("/").rpartition("/")[0]
    return f"{above}/" if above else path


def _joined(text: str) -> str:
    return " ".join(words(text)[:WORDS_COMPARED])
