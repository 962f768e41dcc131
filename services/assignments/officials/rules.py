"""Officials without a database: contact details, Vietnamese name order, the event that tells of one."""

import unicodedata
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from shared.contracts.assignments import OFFICIAL_CHANGED
from shared.messaging.events import NewEvent
from shared.text import nfc

LANGUAGES = ("vi", "en")

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# From "A" on, so that spaces, hyphens and digits sort before every letter, as they do in ASCII.
_LETTER_KEY = {letter: chr(ord("A") + place) for place, letter in enumerate(_ALPHABET)}
# The order of tones in Vietnamese dictionaries: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_SEPARATOR = "\x01"


def email_address(text: str) -> str:
    """The address with its domain in ASCII; raises ValueError. The network is not asked whether it exists."""
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValueError(f"Not an e-mail address: {error}") from error
    assert found.ascii_email
    return found.ascii_email


def phone_number(text: str) -> str:
    """The number in E.164, Việt Nam assumed where no country is given; raises ValueError."""
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException as error:
        raise ValueError("Not a phone number.") from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise ValueError("Not a phone number that can be called.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def sort_key(given_name: str, full_name: str) -> str:
    """Text whose byte order is the Vietnamese order: by given name, then by the full name.

    Computed here because an ICU collation is not in every PostgreSQL build. Letters first (a ă â b … u ư y), tones
    only between words that are otherwise equal (CLDR `vi`)."""
    return _SEPARATOR.join((*_letters_and_tones(given_name), *_letters_and_tones(full_name)))


def _letters_and_tones(text: str) -> tuple[str, str]:
    letters, tones = [], []
    for char in nfc(text).casefold():
        marks = unicodedata.normalize("NFD", char)
        tone = next((_TONES[mark] for mark in marks if mark in _TONES), "0")
        bare = nfc("".join(mark for mark in marks if mark not in _TONES))
        # Other alphabets come after z.
        letters.append(_LETTER_KEY.get(bare, bare if " " <= bare < "A" else "~"))
        tones.append(tone)
    return "".join(letters), "".join(tones)


def official_changed(official: Any) -> NewEvent:
    """The event for an official as now known, from a row or a model."""
    data = {
        "official_id": official.id,
        "full_name": official.full_name,
        "email": official.email,
        "phone": official.phone,
        "language": official.language,
        "active": official.active,
    }
    return NewEvent(OFFICIAL_CHANGED, str(official.id), official.version, data)
