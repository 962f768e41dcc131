"""What a message says that stands for several notifications: each of them, the gravest first. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.notifications.notices.rules import ASKING, instant, issue_shown, lines, one_line, reasons_shown

_GRAVEST_FIRST = ("critical", "high", "normal", "low")
_AT_MOST = 280  # letters of a description; the page behind the link has all


class Item(NamedTuple):
    """One notification as it is listed; every text is clean. `link` is the page where it is acknowledged; what is
    for information has none."""

    code: str
    title: str
    severity: str
    severity_name: str
    urgent: bool
    place: str
    unit: str
    since: str
    step: int
    text: str
    posts: str
    link: str | None


class Group(NamedTuple):
    """What one message lists."""

    matters: list[Item]  # to be acknowledged
    notes: list[Item]  # for information

    @property
    def critical(self) -> int:
        """How many of the matters are critical."""
        return sum(item.severity == "critical" for item in self.matters)

    @property
    def units(self) -> list[str]:
        """The units the matters are about, each once."""
        return list(dict.fromkeys(item.unit for item in self.matters))


def order(kind: str, facts: Mapping[str, Any]) -> tuple[int, str]:
    """What a notification is sorted by: matters before notes, the gravest first, then the oldest."""
    if kind not in ASKING:
        return len(_GRAVEST_FIRST) + 1, str(facts.get("day", ""))
    severity = facts["issue"]["severity"]
    rank = _GRAVEST_FIRST.index(severity) if severity in _GRAVEST_FIRST else len(_GRAVEST_FIRST)
    return rank, instant(facts["issue"]["escalated_at"]).isoformat()


def message_id(notifications: Sequence[UUID]) -> UUID:
    """The same for the same notifications, so that a message sent again is known as the same; another for others,
    so that none is taken for a repeat and dropped."""
    joined = "".join(sorted(str(each) for each in notifications))
    return UUID(hashlib.md5(joined.encode(), usedforsecurity=False).hexdigest())


def matter(facts: dict[str, Any], reasons: list[dict[str, Any]], link: str, language: str) -> Item:
    """An escalation as it is listed."""
    issue = issue_shown(facts, language)
    why = reasons_shown(reasons, language)
    return Item(
        code=issue.code,
        title=issue.title,
        severity=issue.severity,
        severity_name=issue.severity_name,
        urgent=issue.urgent,
        place=issue.place,
        unit=issue.unit,
        since=issue.escalated_at,
        step=issue.step,
        text=_short(issue.description),
        posts="; ".join(f"{each.post} ({each.place})" for each in why),
        link=link,
    )


def note(facts: dict[str, Any], language: str) -> Item:
    """A reminder as it is listed."""
    day = facts["day"] if isinstance(facts["day"], date) else date.fromisoformat(facts["day"])
    return Item(
        code=one_line(facts["issue_code"] or ""),
        title=one_line(facts[f"title_{language}"]),
        severity="",
        severity_name="",
        urgent=False,
        place="",
        unit="",
        since=day.strftime("%d/%m/%Y"),
        step=0,
        text=lines(facts[f"body_{language}"]),
        posts="",
        link=None,
    )


def directed(facts: dict[str, Any], link: str) -> Item:
    """A directive as it is listed: the page behind the link takes the reading."""
    return Item(
        code=one_line(facts["number"] or ""),
        title=one_line(facts["title"]),
        severity="",
        severity_name="",
        urgent=False,
        place="",
        unit="",
        since="",
        step=0,
        text=_short(facts["body"]),
        posts=one_line(facts["issuer"]),
        link=link,
    )


def subject(group: Group, language: str, day: str) -> str:
    """The subject line: how many and how grave first, because phones show only the beginning."""
    count, vi = len(group.matters), language == "vi"
    if not count:
        notes = len(group.notes)
        return f"[Bản tin] {notes} thông báo, {day}" if vi else f"[Digest] {notes} notice{_s(notes)}, {day}"
    head = f"[{count} vấn đề]" if vi else f"[{count} matter{_s(count)}]"
    if group.critical:
        head += f" {group.critical} khẩn cấp" if vi else f" {group.critical} critical"
    where = group.units[0] if len(group.units) == 1 else f"{len(group.units)} {'nơi' if vi else 'places'}"
    return one_line(f"{head} – {where}")


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _AT_MOST else f"{text[:_AT_MOST].rsplit(' ', 1)[0]} …"
