"""Vietnamese text: one normal form on input, one fold for search."""

import re
import unicodedata

# Đ (U+0110/0111) and its look-alikes do not decompose, so no mark falls off them in NFKD.
_D_LETTERS = str.maketrans({"đ": "d", "Đ": "d", "Ð": "d", "ð": "d", "Ɖ": "d", "ɖ": "d"})
_SPACES = re.compile(r"\s+")


def nfc(text: str) -> str:
    """Unicode normal form C: the form stored and compared."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Text as searched: without diacritics and case, spaces collapsed ("Hoà  Bình" -> "hoa binh")."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_D_LETTERS)).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", bare.translate(_D_LETTERS)).strip()
