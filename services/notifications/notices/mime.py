"""Mail as bytes. An EmailMessage object for every mail costs more than sending it; here all that the readers
of one notice share is encoded once, and each mail joins it with what differs.

The trick: base64 turns three bytes into four letters, so a text may be encoded in pieces whose lengths are
multiples of three, and RFC 2045 (6.8) lets a line of base64 be shorter than 76 letters.
"""

import re
from binascii import b2a_base64
from email.utils import formataddr
from functools import lru_cache

SLOT = "\x00"  # where the personal part goes; clean text never holds it

_LINE = 57  # bytes that make a full line of 76 letters
_WORD = 45  # bytes that make 60 letters
_FOLD = "\r\n "
_FIRST_WORD = 39  # leaves room for the header's name: lines with encoded words end at 76
_PLAIN = re.compile(r"(?!.*=\?)[\x20-\x7e]{1,60}")


def _base64(data: bytes) -> bytes:
    """Lines of base64, each ended by CRLF."""
    if not data:
        return b""
    letters = b2a_base64(data, newline=False)
    return b"\r\n".join([letters[start : start + 76] for start in range(0, len(letters), 76)]) + b"\r\n"


class Frame:
    """A text with one slot, its fixed parts encoded already."""

    def __init__(self, text: str) -> None:
        before, _, after = text.replace("\n", "\r\n").encode().partition(SLOT.encode())
        whole = len(before) // _LINE * _LINE
        self._head = _base64(before[:whole])
        self._rest = before[whole:]
        self._after = after
        self._tails: dict[int, bytes] = {}

    def filled(self, personal: str) -> bytes:
        """The base64 of the whole text."""
        # As a plain str, because markupsafe's would escape, wrap and check each piece anew.
        middle = self._rest + str.__str__(personal).replace("\n", "\r\n").encode()
        borrowed = -len(middle) % 3  # bytes of what follows, to fill up the last three
        tail = self._tails.get(borrowed)
        if tail is None:
            tail = self._tails[borrowed] = _base64(self._after[borrowed:])
        return self._head + _base64(middle + self._after[:borrowed]) + tail


def header_text(text: str, first: int = _FIRST_WORD) -> str:
    """A header's value: as it is if short and plain, else in encoded words (RFC 2047), one a line.

    A word has at most 75 letters, of which 12 say how to read it, and no character is cut in two.
    """
    if _PLAIN.fullmatch(text):
        return text
    data, words, start, room = text.encode(), [], 0, first
    while start < len(data):
        end = start + room
        while end < len(data) and data[end] & 0xC0 == 0x80:  # the byte after the cut continues a character
            end -= 1
        words.append(f"=?utf-8?b?{b2a_base64(data[start:end], newline=False).decode()}?=")
        start, room = end, _WORD
    return _FOLD.join(words)


@lru_cache(maxsize=20_000)
def mailbox(name: str, address: str) -> bytes:
    """The value of From or To: `name` is one clean line, `address` was checked. Cached: people recur."""
    if not name:
        return address.encode()
    if _PLAIN.fullmatch(name):
        return formataddr((name, address)).encode()
    words = header_text(name, _WORD)
    room = 70 - len(words.rpartition("\n")[2])
    return f"{words}{' ' if len(address) < room else _FOLD}<{address}>".encode()
