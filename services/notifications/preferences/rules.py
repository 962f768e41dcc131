"""Who is told how and when: how much a notice matters, what officials wish, what they cannot switch off. Pure."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from services.notifications.contacts.rules import Channel
from services.notifications.preferences import quiet
from services.notifications.preferences.quiet import Quiet, Window

OWN_DEFAULT = "Mặc định của hệ thống; chưa có văn bản quy định"
ANY = "any"  # the detail of the rule for what has no rule of its own
UNKNOWN_FOR = 300  # seconds, unless the settings say otherwise
LONGEST_OFF = 60  # days off in a row
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Importance(StrEnum):
    """How much a notice matters, least first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"  # never waits

    @property
    def raised(self) -> "Importance":
        """The next higher one."""
        ranks = list(Importance)
        return ranks[min(ranks.index(self) + 1, len(ranks) - 1)]


class When(StrEnum):
    """When somebody wishes to be told."""

    NOW = "now"  # or when the quiet hours end
    DIGEST = "digest"  # at the next digest time, with everything else that waits for it


class Wish(NamedTuple):
    """How to be told of what matters that much."""

    channels: tuple[Channel, ...] = (Channel.EMAIL, Channel.INAPP)
    when: When = When.NOW


class Wishes(NamedTuple):
    """What an official wishes."""

    telling: Mapping[Importance, Wish]
    quiet: Quiet = Quiet()
    digest_times: tuple[time, ...] = (time(7, 30),)
    optional_digest: bool = True  # false: unsubscribed


class Rule(NamedTuple):
    """How much a kind of notice matters, and what holds whatever anybody wishes."""

    importance: Importance = Importance.NORMAL
    raised_from_step: int | None = None
    floor: tuple[Channel, ...] = (Channel.EMAIL, Channel.INAPP)  # the channels nobody can switch off
    longest_wait: timedelta | None = None

    def importance_at(self, step: int) -> Importance:
        """How much it matters at a step of an escalation."""
        raised = self.raised_from_step is not None and step >= self.raised_from_step
        return self.importance.raised if raised else self.importance


class Way(NamedTuple):
    """One notification to write: in-app is delivered by being there, every other channel is due some time. Rows
    with the same `bundle` become one message. `optional`: it can be unsubscribed from."""

    channel: Channel
    due_at: datetime | None
    bundle: UUID | None = None
    optional: bool = False


@lru_cache(maxsize=20_000)
def read_wishes(text: str) -> Wishes:
    """Wishes as they are kept. Cached by what is kept, so that what has changed is another entry."""
    kept = orjson.loads(text)
    return Wishes(
        telling={
            Importance(name): Wish(tuple(Channel(each) for each in wish["channels"]), When(wish["when"]))
            for name, wish in kept["telling"].items()
        },
        quiet=Quiet(
            windows=tuple(
                Window(_days(each["weekdays"]), _time(each["starts"]), _time(each["ends"]))
                for each in kept["quiet_hours"]
            ),
            weekdays_off=_days(kept["weekdays_off"]),
            holidays_off=kept["holidays_off"],
            days_off=tuple(
                (date.fromisoformat(each["first"]), date.fromisoformat(each["last"])) for each in kept["days_off"]
            ),
        ),
        digest_times=tuple(_time(each) for each in kept["digest_times"]),
        optional_digest=kept["optional_digest"],
    )


def default_wishes() -> dict[str, Any]:
    """What holds for who wishes nothing, as wishes are kept."""
    everywhere = {"channels": [Channel.EMAIL.value, Channel.INAPP.value], "when": When.NOW.value}
    return {
        "telling": {importance.value: dict(everywhere) for importance in Importance},
        "quiet_hours": [],
        "weekdays_off": [],
        "holidays_off": False,
        "days_off": [],
        "digest_times": ["07:30"],
        "optional_digest": True,
    }


def ways(
    wishes: Wishes,
    rule: Rule,
    *,
    official: UUID,
    step: int,
    now: datetime,
    zone: ZoneInfo,
    storm: tuple[datetime, UUID] | None,
) -> list[Way]:
    """Every notification to write for one person. `storm`: when and with what it is to be sent instead of at once.

    What the floor names is always among them, due at the latest when the rule says."""
    importance = rule.importance_at(step)
    wish = wishes.telling.get(importance, Wish())
    due = _due(wishes, wish, rule, importance, now, zone)
    made = []
    for channel in dict.fromkeys((*rule.floor, *wish.channels)):
        optional = channel not in rule.floor
        if channel is Channel.INAPP:
            made.append(Way(channel, None))
        elif channel is not Channel.EMAIL:
            made.append(Way(channel, due))
        elif optional and wish.when is When.DIGEST and not wishes.optional_digest:
            continue
        elif due > now:
            bundle = bundle_id(official, due, "optional" if optional else "")
            made.append(Way(channel, due, bundle, optional))
        else:
            made.append(Way(channel, *(storm or (now, None))))
    return made


def _due(wishes: Wishes, wish: Wish, rule: Rule, importance: Importance, now: datetime, zone: ZoneInfo) -> datetime:
    """When to tell: at once what is critical, else when the person wishes, else when the rule wants it."""
    if importance is Importance.CRITICAL:
        return now
    if wish.when is When.DIGEST:
        wished = quiet.digest(wishes.quiet, wishes.digest_times, now, zone)
    else:
        wished = quiet.opens(wishes.quiet, now, zone)
    limit = now + (rule.longest_wait if rule.longest_wait is not None else timedelta(days=quiet.HORIZON))
    return min(wished or limit, limit)


def bundle_id(official: UUID, due: datetime, what: str) -> UUID:
    """The same for all that one official is to get at that moment in one message."""
    return UUID(hashlib.md5(f"{official}/{due.isoformat()}/{what}".encode(), usedforsecurity=False).hexdigest())


def fault(kept: Mapping[str, Any]) -> tuple[str, str] | None:
    """The field and the fault of wishes under which somebody could never be reached; None if there is none."""
    wishes = read_wishes(orjson.dumps(kept).decode())
    if len(wishes.quiet.weekdays_off) == 7:
        return "weekdays_off", "No weekday is left on which to reach you."
    # An ordinary week, without holidays and days off.
    weekly = Quiet(wishes.quiet.windows, wishes.quiet.weekdays_off)
    start, zone = datetime(2024, 1, 1, tzinfo=ZoneInfo("UTC")), ZoneInfo("UTC")
    if quiet.opens(weekly, start, zone) is None:
        return "quiet_hours", "They leave no time of the week at which to reach you."
    if quiet.digest(weekly, wishes.digest_times, start, zone) is None:
        return "digest_times", "All of them lie in quiet hours."
    return None


def _days(names: Iterable[str]) -> frozenset[int]:
    return frozenset(WEEKDAYS.index(name) for name in names)


def _time(text: str) -> time:
    return time.fromisoformat(text)
