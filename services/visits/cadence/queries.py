"""What is due, of whom, where."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from services.visits.absences.queries import away
from services.visits.absences.rules import Known, about, acting
from services.visits.cadence import rules
from services.visits.cadence.model import CadenceRule, Excusal
from services.visits.cadence.rules import Excuse, State
from services.visits.followings import queries as followings
from services.visits.followings.model import ActivityEntry, Following
from services.visits.followings.rules import Followed
from services.visits.units.queries import heirs_of, paths_of
from services.visits.units.rules import narrowed
from shared import clock
from shared.errors import NotFound
from shared.web.auth import Principal, territory_filter
from shared.web.paging import decode_cursor, encode_cursor, paginate

# The last day of each activity of a person, by unit: (official, activity) -> [(unit path, day)].
Lasts = dict[tuple[UUID, str], list[tuple[str, date]]]

_WHO = (
    "following_id", "official_id", "full_name", "post", "post_name_vi", "post_name_en", "place_name", "unit_path",
    "hamlet_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """Something regular, and where it stands."""

    held: Followed
    rule: CadenceRule
    last_on: date | None
    due_on: date
    state: State
    acting_id: UUID | None  # whose duty it is that day: the holder's, a substitute's, nobody's

    @property
    def key(self) -> tuple[date, UUID, str]:
        """The order of lists: the most overdue first."""
        return self.due_on, self.held.following_id, self.rule.activity


def standing(session: Session, held: Sequence[Followed], on: date) -> list[Due]:
    """Everything regular that these followings ask for, and where it stands on a day: four statements, and some
    more where somebody is away. While nobody acts for an official the days do not count; while a substitute does,
    the duty is the substitute's, and what that one did in the time counts."""
    by_post: dict[str, list[CadenceRule]] = defaultdict(list)
    for rule in session.scalars(select(CadenceRule).where(CadenceRule.active)):
        by_post[rule.post].append(rule)
    held = [each for each in held if each.post in by_post]
    people = {each.official_id for each in held}
    excuses, lasts, absences = _excuses(session, people), _lasts(session, people, on), away(session, people)
    deeds = _in_their_place(session, absences, on)
    found = []
    for each in held:
        last, known = _Done(each, lasts, deeds), about(each.official_id, absences)
        found += [_due(each, rule, last, known, excuses[each.official_id], on) for rule in by_post[each.post]]
    return found


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of what is regular inside the territory, the most overdue first; raises BadInput."""
    today = clock.today()
    found = standing(session, in_territory(session, filters, who, today), today)
    found = sorted(
        (each for each in found if filters.get("state") in (None, each.state)), key=lambda each: each.key
    )
    if filters["cursor"]:
        after = tuple(decode_cursor(filters["cursor"], (date, UUID, str)))
        found = [each for each in found if each.key > after]
    items = found[: filters["limit"]]
    more = len(found) > len(items)
    return {"items": [shown(each) for each in items], "next_cursor": encode_cursor(items[-1].key) if more else None}


def unused(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of followings with the duties never exercised since they began, where the time for one has passed."""
    today, never = clock.today(), defaultdict(list)
    held = {each.following_id: each for each in in_territory(session, filters, who, today)}
    for due in standing(session, list(held.values()), today):
        used = due.last_on is not None and due.last_on >= due.held.valid_from
        if not used and due.state is State.OVERDUE:
            never[due.held.following_id].append(due.rule.activity)
    after = decode_cursor(filters["cursor"], (UUID,))[0] if filters["cursor"] else None
    ids = sorted(each for each in never if after is None or each > after)
    items = [
        {**{name: getattr(held[each], name) for name in _WHO}, "since": held[each].valid_from, "never": never[each]}
        for each in ids[: filters["limit"]]
    ]
    more = len(ids) > len(items)
    return {"items": items, "next_cursor": encode_cursor([items[-1]["following_id"]]) if more else None}


def in_territory(session: Session, filters: dict[str, Any], who: Principal, on: date) -> list[Followed]:
    """What is followed inside the territory on a day; `filters` may name an official and a unit."""
    places = narrowed(who.territories, paths_of(session, filters["unit"]) if "unit" in filters else None)
    if not places:
        return []
    conditions: list[ColumnElement[bool]] = []
    if "" not in places:
        conditions.append(or_(*(Following.unit_path.startswith(place, autoescape=True) for place in places)))
    if "official" in filters:
        conditions.append(Following.official_id == filters["official"])
    return followings.in_force(session, on, *conditions)


def shown(due: Due) -> dict[str, Any]:
    """As the API shows it."""
    return {
        **{name: getattr(due.held, name) for name in _WHO},
        "activity": due.rule.activity,
        "every_days": due.rule.every_days,
        "source": due.rule.source,
        "last_on": due.last_on,
        "due_on": due.due_on,
        "state": due.state,
        "acting_id": due.acting_id,
    }


def cadence_rules(session: Session) -> Sequence[CadenceRule]:
    """All rules, by post and activity."""
    return session.scalars(select(CadenceRule).order_by(CadenceRule.post, CadenceRule.activity)).all()


def rule_of(session: Session, post: str, activity: str) -> CadenceRule:
    """The rule there is, locked, or a new one of version 0 that is still to be filled in."""
    return session.get(CadenceRule, (post, activity), with_for_update=True) or CadenceRule.of(post, activity)


def excusals(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of excused periods inside the territory, newest first."""
    follows = select(Following.official_id).where(territory_filter(Following.unit_path, who))
    place: Any = Excusal.unit_path  # of some none
    seen = or_(territory_filter(place, who), Excusal.official_id.in_(follows) & Excusal.unit_path.is_(None))
    statement = select(Excusal).where(seen)
    if "official" in filters:
        statement = statement.where(Excusal.official_id == filters["official"])
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, statement, Excusal.id, **paging, descending=True)


def excusal(session: Session, excusal_id: UUID, who: Principal) -> Excusal:
    """One that the client may change, locked; raises NotFound."""
    found = session.get(Excusal, excusal_id, with_for_update=True)
    if found is None or not may_excuse(session, found.official_id, found.unit_path, who):
        raise NotFound()
    return found


def may_excuse(session: Session, official_id: UUID, unit_path: str | None, who: Principal) -> bool:
    """Whether all that the excuse frees from lies inside the territory."""
    if unit_path is not None:
        return who.covers(unit_path)
    held = followings.followed(session, official_id, clock.today())
    return "" in who.territories or (bool(held) and all(who.covers(each.unit_path) for each in held))


class _Done:
    """When somebody last did something for what is followed: the holder, or who acted in the holder's place."""

    def __init__(self, held: Followed, lasts: Lasts, deeds: Lasts) -> None:
        self._held, self._lasts, self._deeds = held, lasts, deeds

    def last(self, activity: str, known: Known) -> date | None:
        held = self._held
        days = [day for path, day in self._lasts.get((held.official_id, activity), ()) if held.covers(path)]
        for (who, what), done in self._deeds.items() if known else ():
            if what == activity and who != held.official_id:
                days += [
                    day
                    for path, day in done
                    if held.covers(path) and acting(held.official_id, held.following_id, day, known) == who
                ]
        return max(days, default=None)


def _due(held: Followed, rule: CadenceRule, done: _Done, known: Known, excuses: Iterable[Excuse], on: date) -> Due:
    last = done.last(rule.activity, known)
    since = max(last or held.valid_from, held.valid_from)
    free = [each.period for each in excuses if each.frees(held)]
    who: UUID | None = held.official_id
    if known:
        free += rules.idle(held, since, on + timedelta(days=rule.every_days), known)
        who = acting(held.official_id, held.following_id, on, known)
    due = rules.due_on(since, rule.every_days, free)
    return Due(held, rule, last, due, rules.state_on(on, due, rule.remind_before), who)


def _in_their_place(session: Session, absences: Known, on: date) -> Lasts:
    """What possible substitutes did since the first of these absences, every day of it."""
    found: Lasts = defaultdict(list)
    all_of = [each for group in absences.values() for each in group]
    people = {each.substitute_id for each in all_of if each.substitute_id is not None}
    if people:
        entry, since = ActivityEntry, min(each.first for each in all_of)
        wanted = select(entry.official_id, entry.activity, entry.unit_path, entry.day).distinct()
        wanted = wanted.where(entry.official_id.in_(people), entry.activity.in_(rules.REGULAR))
        rows = session.execute(wanted.where(entry.day.between(since, on))).all()
        heirs = heirs_of(session, {row.unit_path for row in rows})
        for official_id, activity, path, day in rows:
            found[official_id, activity] += [(each, day) for each in (path, *heirs.get(path, ()))]
    return found


def _excuses(session: Session, people: set[UUID]) -> dict[UUID, list[Excuse]]:
    found: dict[UUID, list[Excuse]] = defaultdict(list)
    wanted = select(Excusal).where(Excusal.official_id.in_(people), Excusal.withdrawn_at.is_(None))
    for each in session.scalars(wanted) if people else ():
        found[each.official_id].append(each.excuse)
    return found


def _lasts(session: Session, people: set[UUID], on: date) -> Lasts:
    found: Lasts = defaultdict(list)
    entry = ActivityEntry
    wanted = (
        select(entry.official_id, entry.activity, entry.unit_path, func.max(entry.day))
        .where(entry.official_id.in_(people), entry.activity.in_(rules.REGULAR), entry.day <= on)
        .group_by(entry.official_id, entry.activity, entry.unit_path)
    )
    done = session.execute(wanted).all() if people else []
    heirs = heirs_of(session, {row.unit_path for row in done})
    for official_id, activity, path, day in done:
        found[official_id, activity] += [(each, day) for each in (path, *heirs.get(path, ()))]
    return found
