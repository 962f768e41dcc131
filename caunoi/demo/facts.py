"""What came of the demo, as facts: shown to people and printed for machines."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Told:
    """A person who had to be told: why, and the mails that arrived for one escalation."""

    full_name: str
    email: str
    reasons: list[dict[str, Any]]
    mails: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Escalation:
    """One escalated issue and everybody who had to be told of it."""

    code: str
    title: str
    unit: str
    hamlet: str | None
    escalated_at: datetime
    trouble: str | None
    told: list[Told]
    vacancies: list[dict[str, Any]]
    strangers: list[str] = field(default_factory=list)  # addresses that got a mail and should not have

    def faults(self) -> list[str]:
        """Everybody who did not get exactly one mail, and everybody who got one by mistake."""
        found = [
            f"{self.code}: {each.full_name} <{each.email}> got {len(each.mails)} mails instead of one"
            for each in self.told
            if len(each.mails) != 1
        ]
        return found + [f"{self.code}: {address} got a mail and is not responsible" for address in self.strangers]

    def seconds(self, mail: dict[str, Any]) -> float:
        """How long after the escalation a mail arrived."""
        return (datetime.fromisoformat(mail["received_at"]) - self.escalated_at).total_seconds()


@dataclass
class Reform:
    """What the reform of 1 July 2025 did: its report, how long it took, and where each open issue went."""

    report: dict[str, Any]
    plan_seconds: float
    apply_seconds: float
    moved: list[dict[str, Any]] = field(default_factory=list)  # code, from, to, line

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        kept = ("ending", "beginning", "unmapped", "without_predecessor", "undecided")
        return {name: self.report[name] for name in kept} | {
            "plan_seconds": round(self.plan_seconds, 1),
            "apply_seconds": round(self.apply_seconds, 1),
            "moved": self.moved,
        }


@dataclass
class Outcome:
    """The whole demo."""

    home: str
    ready_seconds: float = 0.0
    units: int = 0
    seeded: str = ""
    troubles: list[str] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    acknowledgement: dict[str, Any] | None = None
    reform: Reform | None = None
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """One document for machines."""
        return {
            "ok": not self.faults,
            "faults": self.faults,
            "ready_seconds": round(self.ready_seconds, 1),
            "seconds": round(self.seconds, 1),
            "units": self.units,
            "troubles": self.troubles,
            "escalations": [_escalation(each) for each in self.escalations],
            "acknowledgement": self.acknowledgement,
            "reform": self.reform.as_json() if self.reform else None,
        }


def _escalation(each: Escalation) -> dict[str, Any]:
    return {
        "code": each.code,
        "title": each.title,
        "unit": each.unit,
        "hamlet": each.hamlet,
        "escalated_at": each.escalated_at.isoformat(),
        "trouble": each.trouble,
        "expected": len(each.told),
        "mails": sum(len(person.mails) for person in each.told) + len(each.strangers),
        "told": [
            {
                "full_name": person.full_name,
                "email": person.email,
                "reasons": person.reasons,
                "mails": [
                    {"id": mail["id"], "received_at": mail["received_at"], "seconds": round(each.seconds(mail), 3)}
                    for mail in person.mails
                ],
            }
            for person in each.told
        ],
        "vacancies": each.vacancies,
    }
