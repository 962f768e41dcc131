"""What a list of notifications is narrowed by, and what of an address is shown. Pure."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

_ADDRESS = re.compile(r"([^\s<>@:;,()\"'])[^\s<>@:;,()\"']*@([^\s<>@:;,()\"']+)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Conditions that hold together; what is None does not narrow. `issue` is a code or an id, `unit` the path of a
    unit, `since` and `until` bound created_at (the first included, the second not), `provider` and `outcome` are of
    one and the same attempt, `error` is words of the last error."""

    state: str | None = None
    channel: str | None = None
    kind: str | None = None
    escalation: UUID | None = None
    official: UUID | None = None
    issue: str | None = None
    unit: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    provider: str | None = None
    outcome: str | None = None
    error: str | None = None
    waiting: str | None = None

    def kept(self) -> dict[str, Any]:
        """What JSON keeps of it: the conditions there are, as text."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return {
            name: value.isoformat() if isinstance(value, datetime) else str(value) for name, value in given.items()
        }

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> "Wanted":
        """What `kept` gave."""
        read: dict[str, Any] = {"escalation": UUID, "official": UUID, "since": datetime.fromisoformat}
        read["until"] = datetime.fromisoformat
        known = {each.name for each in fields(cls)}
        return cls(**{name: read.get(name, str)(value) for name, value in kept.items() if name in known})


def masked(recipient: str | None) -> str | None:
    """An address or a phone number for who may not see contacts: enough to recognise one that is known."""
    if recipient is None:
        return None
    if "@" in recipient:
        return hidden(recipient)
    return f"{recipient[:3]}***{recipient[-2:]}" if len(recipient) > 7 else "***"


def hidden(words: str) -> str:
    """Text, which providers like to put the address in, with every address masked."""
    return _ADDRESS.sub(r"\1***@\2", words)
