"""What a notice says, in the words of its reader's language. Pure: from the frozen payload to template values."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from shared.clock import LOCAL

LANGUAGES = ("vi", "en")

SEVERITIES = {
    "vi": {"low": "Thấp", "normal": "Bình thường", "high": "Cao", "critical": "Khẩn cấp"},
    "en": {"low": "Low", "normal": "Normal", "high": "High", "critical": "Critical"},
}
KINDS = {
    "vi": {"pressing": "Bức xúc", "difficulty": "Khó khăn, vướng mắc", "proposal": "Kiến nghị"},
    "en": {"pressing": "Pressing matter", "difficulty": "Difficulty", "proposal": "Proposal"},
}

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
    """Why a person is told: post, place, legal basis, who they stand in for."""
    return [
        Reason(
            post=one_line(each[f"post_name_{language}"]),
            place=one_line(each["place"]),
            legal_basis=one_line(each["legal_basis"]),
            standing_in_for=one_line(each["standing_in_for"]) if each["standing_in_for"] else None,
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
    """Posts nobody holds, with their place, and the name of the post that was told instead, if it was."""
    name = f"post_name_{language}"
    names = {why["post"]: one_line(why[name]) for each in payload["recipients"] for why in each["reasons"]}
    return [
        (
            f"{one_line(each[name])} ({one_line(each['place'])})",
            names.get(each["fell_to"]),
        )
        for each in payload["vacancies"]
    ]


def subject(issue: Issue) -> str:
    """The subject line: code and severity first, because phones show only the beginning."""
    return one_line(f"[{issue.code}] {issue.severity_name}: {issue.title} – {issue.unit}")
