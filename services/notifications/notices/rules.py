"""What a notice says, in the words of its reader's language. Pure: from the frozen payload to template values."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from shared.clock import LOCAL

LANGUAGES = ("vi", "en")


class Kind(StrEnum):
    """What a notice is about."""

    ESCALATION = "escalation"  # an official is to acknowledge it
    HANDOVER = "handover"  # an escalation has come to an official from another
    DIRECTIVE = "directive"  # an official is to read it, and to pass it on
    REMINDER = "reminder"  # an official is told; nobody waits for an answer


_FACTS = UUID("0d4b8f6e-2c41-5f0a-9d3e-7a51c2b96e04")
ASKING = (Kind.ESCALATION, Kind.HANDOVER)  # of an issue, and somebody is to acknowledge it

_ID_OF = {
    Kind.ESCALATION: "escalation_id",
    Kind.HANDOVER: "handover_id",
    Kind.DIRECTIVE: "broadcast_id",
}
_QUIET = ("escalation_acknowledged", "escalation_taken")  # who took it: the others need not do anything


class Way(StrEnum):
    """How an escalation came to an official from another."""

    HANDED_OVER = "handed_over"
    GIVEN_BACK = "given_back"  # to whom had handed it over
    DECLINED = "declined"  # it was not theirs, and falls to this one
    UNREACHED = "unreached"  # they could not be reached, and it falls to this one


SEVERITIES = {
    "vi": {"low": "Thấp", "normal": "Bình thường", "high": "Cao", "critical": "Khẩn cấp"},
    "en": {"low": "Low", "normal": "Normal", "high": "High", "critical": "Critical"},
}
KINDS = {
    "vi": {"pressing": "Bức xúc", "difficulty": "Khó khăn, vướng mắc", "proposal": "Kiến nghị"},
    "en": {"pressing": "Pressing matter", "difficulty": "Difficulty", "proposal": "Proposal"},
}

ABSENT = {"vi": ", vắng mặt và không có người thay", "en": ", absent without a substitute"}

URGENT = ("high", "critical")

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Anything that could end a header line or a line of text; also lone surrogates, which no encoding takes.
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@lru_cache(maxsize=10_000)
def one_line(text: str) -> str:
    """Text that cannot leave its line: breaks and control characters become single spaces."""
    return _BREAKS.sub(" ", text).strip()


def lines(text: str) -> str:
    """Text whose only control characters are line ends (and tabs)."""
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def language_of(wanted: str | None) -> str:
    """The language to write in: what the contact wants if we have it, else Vietnamese."""
    return wanted if wanted in LANGUAGES else "vi"


def id_of(kind: Kind, facts: Mapping[str, Any]) -> UUID:
    """The id of a notice: an escalation's, or made of what a reminder is about, of which kind and for which day, so
    that the same fact is told once, whoever had the idea of reminding."""
    if kind is Kind.REMINDER:
        return uuid5(_FACTS, f"{facts['kind']}/{facts['subject_id']}/{facts['day']}")
    found: UUID = facts[_ID_OF[kind]]
    return found


def detail_of(kind: Kind, facts: Mapping[str, Any]) -> str:
    """What tells notices of one kind apart: an escalation's severity, a directive's purpose, a reminder's kind."""
    if kind in ASKING:
        return str(facts["issue"]["severity"])
    return str(facts["purpose"] if kind is Kind.DIRECTIVE else facts["kind"])


def is_quiet(kind: Kind, facts: Mapping[str, Any]) -> bool:
    """Whether it is told by e-mail only to who has said that they wish so."""
    return kind is Kind.REMINDER and facts["kind"] in _QUIET


def place_of(kind: Kind, facts: Mapping[str, Any]) -> str:
    """The path of the unit a notice is about."""
    return str((facts["issue"] if kind in ASKING else facts)["unit_path"])


def step_of(facts: Mapping[str, Any]) -> int:
    """The step of an escalation; 1 for what has none."""
    return int(facts.get("step", 1))


def instant(value: str | datetime) -> datetime:
    """An instant of the payload, which comes from an event or back from the database."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def shown(moment: datetime) -> str:
    """An instant as people in Việt Nam read it."""
    return moment.astimezone(LOCAL).strftime("%H:%M %d/%m/%Y")


class Issue(NamedTuple):
    """An issue as templates show it; every text is clean."""

    code: str
    title: str
    place: str
    unit: str
    urgent: bool
    severity: str
    severity_name: str
    kind_name: str
    description: str
    reason: str
    escalated_at: str
    escalated_by: str | None
    step: int


class Reason(NamedTuple):
    """Why a person is told, as templates show it."""

    post: str
    place: str
    legal_basis: str
    standing_in_for: str | None
    substitute_for: str | None


def named(who: str) -> str | None:
    """Who did something, as people know them: an id of a program says nothing to its reader."""
    return None if _ID.fullmatch(who) else one_line(who)


def issue_shown(payload: dict[str, Any], language: str) -> Issue:
    """The issue of an escalation.routed payload."""
    issue = payload["issue"]
    unit_name = one_line(issue["unit_name"])
    hamlet = one_line(issue["hamlet_name"] or "")
    return Issue(
        code=one_line(issue["code"]),
        title=one_line(issue["title"]),
        place=f"{hamlet}, {unit_name}" if hamlet else unit_name,
        unit=unit_name.split(",")[0],
        urgent=issue["severity"] in URGENT,
        severity=issue["severity"],
        severity_name=SEVERITIES[language].get(issue["severity"], one_line(issue["severity"])),
        kind_name=KINDS[language].get(issue["kind"], one_line(issue["kind"])),
        description=lines(issue["description"]),
        reason=lines(issue["reason"]),
        escalated_at=shown(instant(issue["escalated_at"])),
        escalated_by=named(issue["escalated_by"]),
        step=payload["step"],
    )


def reasons_shown(reasons: list[dict[str, Any]], language: str) -> list[Reason]:
    """Why a person is told: post, place, legal basis, which vacant post and which absent official they stand in
    for."""
    return [
        Reason(
            post=one_line(each[f"post_name_{language}"]),
            place=one_line(each["place"]),
            legal_basis=one_line(each["legal_basis"]),
            standing_in_for=one_line(each["standing_in_for"]) if each["standing_in_for"] else None,
            substitute_for=one_line(away["full_name"]) if (away := each.get("substitute_for")) else None,
        )
        for each in reasons
    ]


def told_shown(payload: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """Everybody who is told: name, and posts with their places."""
    name = f"post_name_{language}"
    return [
        (
            one_line(each["full_name"]),
            "; ".join([f"{one_line(why[name])} ({one_line(why['place'])})" for why in each["reasons"]]),
        )
        for each in payload["recipients"]
    ]


def vacancies_shown(payload: dict[str, Any], language: str) -> list[tuple[str, str | None]]:
    """Posts in which nobody acts, with their place, and the name of the post that was told instead, if it was."""
    name = f"post_name_{language}"
    names = {why["post"]: one_line(why[name]) for each in payload["recipients"] for why in each["reasons"]}
    return [
        (
            f"{one_line(each[name])} ({one_line(each['place'])})"
            + (ABSENT[language] if each.get("absent") else ""),
            names.get(each["fell_to"]),
        )
        for each in payload["vacancies"]
    ]
