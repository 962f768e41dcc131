"""What the mail of a notice says, by its kind. Pure."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from services.notifications.notices.rules import (
    Issue,
    Kind,
    Way,
    issue_shown,
    lines,
    one_line,
    told_shown,
    vacancies_shown,
)

# By kind, the files that its mail is made of: what it says to all, and what to each.
FILES = {
    Kind.ESCALATION: ("escalated", "person"),
    Kind.HANDOVER: ("handed_over", "passed"),
    Kind.DIRECTIVE: ("directive", "directed"),
    Kind.REMINDER: ("reminder", "greeting"),
}
_PASSED = {
    "vi": {
        Way.HANDED_OVER: "{by} chuyển việc này cho đồng chí",
        Way.GIVEN_BACK: "{by} trả lại việc đồng chí đã chuyển",
        Way.DECLINED: "Đây không phải việc của {by}; việc này thuộc về đồng chí",
        Way.UNREACHED: "Không liên lạc được với {by}; việc này chuyển đến đồng chí",
    },
    "en": {
        Way.HANDED_OVER: "{by} handed this over to you",
        Way.GIVEN_BACK: "{by} gave back what you handed over",
        Way.DECLINED: "This is not {by}'s; it falls to you",
        Way.UNREACHED: "{by} could not be reached; this falls to you",
    },
}
_NOWHERE = {  # why nothing could be sent, in the words of its reader
    "vi": {"no address": "chưa có địa chỉ thư", "no contact": "chưa có thông tin liên hệ"},
    "en": {"no address": "no address is known", "no contact": "nothing is known of them yet"},
}


class Said(NamedTuple):
    """What a mail says to all its readers: what its templates show. `thread` is shared by all mail about one
    thing."""

    id: str
    thread: str
    subject: str
    important: bool
    values: dict[str, Any]
    ending: str = ""  # of the subject; it stays where that has to be cut


def said(kind: Kind, facts: dict[str, Any], language: str) -> Said:
    """What the mail of a notice says in a language."""
    return _SAID[kind](facts, language)


def _escalation_said(facts: dict[str, Any], language: str) -> Said:
    issue = issue_shown(facts, language)
    values = {
        "title": issue.code,
        "issue": issue,
        "told": told_shown(facts, language),
        "vacancies": vacancies_shown(facts, language),
    }
    thread = f"issue-{facts['issue']['id']}"
    line, important = subject(issue), issue.severity == "critical"
    return Said(str(facts["escalation_id"]), thread, line, important, values)


def _handover_said(facts: dict[str, Any], language: str) -> Said:
    told, passed = _escalation_said(facts, language), facts["passed"]
    by = one_line(passed["full_name"])
    line = _PASSED[language][Way(passed["way"])].format(by=by)
    reason = _NOWHERE[language].get(passed["reason"]) or lines(passed["reason"])
    values = told.values | {"passed": {"line": line, "reason": reason}}
    subject_line = one_line(f"{told.subject}{_from(passed, language)}")
    number = str(facts["handover_id"])
    return Said(number, told.thread, subject_line, told.important, values, _from(passed, language))


def _from(passed: dict[str, Any], language: str) -> str:
    """What the subject says of who it came from."""
    by = one_line(passed["full_name"])
    if passed["way"] != Way.UNREACHED:
        return f" ({by})"
    return f" ({by}: không liên lạc được)" if language == "vi" else f" ({by}: not reached)"


_DIRECTED = {
    "vi": {
        "issued": ("Truyền đạt", "Văn bản truyền đạt"),
        "corrected": ("Đính chính", "Văn bản được đính chính"),
        "recalled": ("Thu hồi", "Văn bản bị thu hồi"),
    },
    "en": {
        "issued": ("Directive", "To be passed on"),
        "corrected": ("Corrected", "A directive was corrected"),
        "recalled": ("Recalled", "A directive was recalled"),
    },
}


def _directive_said(facts: dict[str, Any], language: str) -> Said:
    label, heading = _DIRECTED[language][facts["purpose"]]
    by = facts["pass_on_by"]
    day = date.fromisoformat(by) if isinstance(by, str) else by
    title, number = one_line(facts["title"]), one_line(facts["number"] or "")
    values = {
        "title": title,
        "heading": heading,
        "purpose": facts["purpose"],
        "number": number,
        "issuer": one_line(facts["issuer"]),
        "body": lines(facts["body"]),
        "reason": lines(facts["reason"] or ""),
        "pass_on_by": day.strftime("%d/%m/%Y") if day else "",
        "files": [(one_line(each["name"]), each["url"]) for each in facts["files"]],
    }
    line = f"[{label}] {number} – {title}" if number else f"[{label}] {title}"
    thread = f"directive-{facts['directive_id']}"
    return Said(str(facts["broadcast_id"]), thread, line, False, values)


def _reminder_said(facts: dict[str, Any], language: str) -> Said:
    title, code = one_line(facts[f"title_{language}"]), one_line(facts["issue_code"] or "")
    day = facts["day"] if isinstance(facts["day"], date) else date.fromisoformat(facts["day"])
    names = [one_line(each["full_name"]) for each in facts["recipients"]]
    values = {
        "title": title,
        "code": code,
        "day": day.strftime("%d/%m/%Y"),
        "body": lines(facts[f"body_{language}"]),
        "told": names if len(names) > 1 else [],
    }
    thread = f"issue-{facts['issue_id']}" if facts["issue_id"] else f"subject-{facts['subject_id']}"
    line = f"[{code}] {title}" if code else title
    return Said(str(facts["reminder_id"]), thread, line, False, values)


_SAID: dict[Kind, Callable[[dict[str, Any], str], Said]] = {
    Kind.ESCALATION: _escalation_said,
    Kind.HANDOVER: _handover_said,
    Kind.DIRECTIVE: _directive_said,
    Kind.REMINDER: _reminder_said,
}


def subject(issue: Issue) -> str:
    """The subject line: code and severity first, because phones show only the beginning."""
    return one_line(f"[{issue.code}] {issue.severity_name}: {issue.title} – {issue.unit}")
