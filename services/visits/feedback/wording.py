"""The check of wording: rules that anybody can read find what is empty or general (chung chung). Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from shared.errors import BadInput
from shared.text import fold

_TOKEN = re.compile(r"[^\W_]+")


class Kind(StrEnum):
    """What a rule does with what it finds: it refuses it, or has it confirmed."""

    REFUSE = "refuse"
    FLAG = "flag"


class Check(StrEnum):
    """What a rule looks for: one of some phrases, fewer words than a number, or a field left empty."""

    WORDS = "words"
    SHORTEST = "shortest"
    MISSING = "missing"


FIELDS = ("addressee", "action", "due_on", "visit", "issue")


class Rule(Protocol):
    """A row of the table of rules."""

    code: str
    kind: str
    test: str
    words: list[str]
    number: int | None
    field: str | None
    message_vi: str
    message_en: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What is looked at."""

    text: str
    action: str | None = None
    addressee: str | None = None
    due_on: date | None = None
    visit: Any = None
    issue: Any = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: the words themselves, or the field that is empty."""

    code: str
    kind: Kind
    message_vi: str
    message_en: str
    found: tuple[str, ...]

    def as_row(self) -> dict[str, Any]:
        """As stored with the feedback, and as shown."""
        told = {name: getattr(self, name) for name in ("code", "message_vi", "message_en")}
        return told | {"found": list(self.found)}


def examine(wording: Wording, rules: Iterable[Rule]) -> list[Finding]:
    """What the rules find, in their order."""
    hits = ((rule, _found(wording, rule)) for rule in rules)
    return [
        Finding(rule.code, Kind(rule.kind), rule.message_vi, rule.message_en, found)
        for rule, found in hits
        if found is not None
    ]


def check(findings: Sequence[Finding], *, confirmed: bool) -> list[dict[str, Any]]:
    """The flags to store with the feedback; raises BadInput naming `text` for what is refused, and listing `flags`
    for what is general and not `confirmed`."""
    refused = [each for each in findings if each.kind == Kind.REFUSE]
    flags = [each.as_row() for each in findings if each.kind == Kind.FLAG]
    if refused:
        said = " ".join(f"{each.message_vi} {each.message_en}" for each in refused)
        raise BadInput(said, field="text", refused=[each.as_row() for each in refused], flags=flags)
    if flags and not confirmed:
        raise BadInput(
            "Góp ý còn chung chung, xem flags; gửi confirm_general nếu vẫn muốn gửi. "
            "The feedback is general, see flags; send confirm_general to give it nevertheless.",
            field="confirm_general",
            flags=flags,
        )
    return flags


def check_rule(given: dict[str, Any]) -> None:
    """Raises BadInput naming what the test of a rule needs and lacks, or does not take."""
    needed = {Check.WORDS: "words", Check.SHORTEST: "number", Check.MISSING: "field"}[Check(given["test"])]
    for name in ("words", "number", "field"):
        if name == needed and not given[name]:
            raise BadInput(f"A rule that tests '{given['test']}' needs this.", field=name)
        if name != needed and given[name]:
            raise BadInput(f"A rule that tests '{given['test']}' does not take this.", field=name)
    for place, phrase in enumerate(given["words"]):
        if not tokens(phrase):
            raise BadInput("A phrase has letters or digits.", field=f"words.{place}")


def tokens(text: str) -> list[str]:
    """The words of a text in order, without case and diacritics."""
    return _TOKEN.findall(fold(text))


def _found(wording: Wording, rule: Rule) -> tuple[str, ...] | None:
    if rule.test == Check.MISSING:
        return None if getattr(wording, rule.field or "", None) else (rule.field or "",)
    if rule.test == Check.SHORTEST:
        return (wording.text,) if len(tokens(wording.text)) < (rule.number or 0) else None
    parts = [_line(each) for each in (wording.text, wording.action or "")]
    found = tuple(phrase for phrase in rule.words if any(_line(phrase) in part for part in parts))
    return found or None


def _line(text: str) -> str:
    """Whole words only, however they are written: " tang cuong kiem tra "."""
    return f" {' '.join(tokens(text))} "
