"""Vietnamese text: one normal form on input, one fold for search."""

import re
import unicodedata
from itertools import filterfalse

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
LINE_BREAK = re.compile(r"[\r\n\u2028\u2029]")

# Đ (U+0110/0111) and its look-alikes do not decompose, so no mark falls off them in NFKD.
_D_LETTERS = re.compile("[đĐÐðƉɖ]")


def nfc(text: str) -> str:
    """Unicode normal form C: the form stored and compared."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Text as searched: without diacritics and case, spaces collapsed ("Hoà  Bình" -> "hoa binh")."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    # Folding case may decompose what was composed: İ becomes i and a dot.
    bare = "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", decomposed)))
    return " ".join(_D_LETTERS.sub("d", bare).split())
