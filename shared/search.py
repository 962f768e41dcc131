"""Full-text search without diacritics and without database extensions.

A row keeps its folded words as a tsvector; a query is the words that must all be there. Both sides are cut
by the same function here, so PostgreSQL's own parser (which knows no Vietnamese and reads "BT-2026-000123"
as negative numbers) is never asked.
"""

import re

from shared.text import fold

# Lexemes above 2 KiB are refused by PostgreSQL; no real word comes near.
LONGEST_WORD = 60

_WORDS = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The distinct folded words of a text, in order: "Cầu sập, cầu gãy" -> ["cau", "sap", "gay"]."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in _WORDS.findall(fold(text))))


def query_of(text: str) -> str:
    """The tsquery for a text: every word of it, the last one perhaps unfinished, as people search while typing.

    Only the last: a prefix reads every word that starts so, and a Vietnamese syllable is short. Empty for a
    text without words.
    """
    wanted = " & ".join(f"'{word}'" for word in words(text))
    return wanted and wanted + ":*"
