"""What makes a set of posts one that can be worked with. Pure.

Source: an escalation has to end at somebody. A loop of posts, a step without posts, or one whose posts are all
attached to a level that the country has not (any more), would lose it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from services.assignments.validity import Dated, is_valid

# What stands on a level without being one: a cluster is made of communes of a district, a hamlet lies in a commune.
STANDS_ON = {"cluster": "district", "hamlet": "commune"}
SINCE_EVER = date(1900, 1, 1)


class Ruled(NamedTuple):
    """A post with the rule that holds of it."""

    code: str
    attached_to: str
    above: str | None
    step: int | None
    position: int | None


class DatedRule(Dated, Protocol):
    """A rule and its validity."""

    @property
    def ruled(self) -> Ruled:
        """What it says."""


class Fault(NamedTuple):
    """Why a set of posts is refused: the post and the field of it that has to be changed."""

    code: str
    field: str
    message: str


def faults(
    posts: Sequence[Ruled], levels: Collection[str], present: Collection[str], touched: Collection[str]
) -> list[Fault]:
    """What is wrong with the posts in force on a day. `levels`: the known ones; `present`: those that have units on
    that day, none if no units are known yet; `touched`: the posts that are being changed, of which each has to be
    one that somebody can hold."""
    return [
        *_twice(posts),
        *_attached(posts, levels, present, touched),
        *_above(posts),
        *_positions(posts),
        *_steps(posts, present),
    ]


def boundaries(rules: Iterable[Dated], since: date) -> list[date]:
    """The days from `since` on from which another set of rules holds."""
    days = {day for rule in rules for day in (rule.valid_from, rule.valid_to) if day is not None and day > since}
    return sorted({since, *days})


def in_force(rules: Iterable[DatedRule], day: date) -> list[Ruled]:
    """Those that hold on a day."""
    return [rule.ruled for rule in rules if is_valid(rule, day)]


def _twice(posts: Sequence[Ruled]) -> Iterable[Fault]:
    codes = [post.code for post in posts]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Fault(code, "code", f"The post {code} stands there twice.")


def _attached(
    posts: Sequence[Ruled], levels: Collection[str], present: Collection[str], touched: Collection[str]
) -> Iterable[Fault]:
    for post in posts:
        if post.attached_to not in levels and post.attached_to not in STANDS_ON:
            known = ", ".join([*levels, *STANDS_ON])
            yield Fault(post.code, "attached_to", f"There is no level {post.attached_to}; there are: {known}.")
        elif post.code in touched and not _fillable(post, present):
            said = f"No unit of level {STANDS_ON.get(post.attached_to, post.attached_to)} exists on that day"
            yield Fault(post.code, "attached_to", f"{said}: nobody can hold the post {post.code}.")


def _fillable(post: Ruled, present: Collection[str]) -> bool:
    return not present or STANDS_ON.get(post.attached_to, post.attached_to) in present


def _above(posts: Sequence[Ruled]) -> Iterable[Fault]:
    above = {post.code: post.above for post in posts}
    told: set[str] = set()
    for post in posts:
        if post.above is not None and post.above not in above:
            yield Fault(post.code, "above", f"There is no post {post.above} in force on that day.")
        if loop := _loop(post.code, above):
            if not told & set(loop):
                yield Fault(post.code, "above", f"The posts above go round in a circle: {' → '.join(loop)}.")
            told |= set(loop)


def _loop(code: str, above: Mapping[str, str | None]) -> list[str]:
    """The way from a post upwards back to itself; nothing if it does not come back."""
    way, at = [code], above[code]
    while at is not None and at not in way:
        way.append(at)
        at = above.get(at)
    return [*way, code] if at == code else []


def _positions(posts: Sequence[Ruled]) -> Iterable[Fault]:
    taken: dict[tuple[int, int], str] = {}
    for post in posts:
        if (post.step is None) != (post.position is None):
            yield Fault(post.code, "position", "A step and the position in it are given together, or neither.")
        if post.step is None or post.position is None:
            continue
        first = taken.setdefault((post.step, post.position), post.code)
        if first != post.code:
            said = f"Position {post.position} of step {post.step} is that of {first}"
            yield Fault(post.code, "position", f"{said} already.")


def _steps(posts: Sequence[Ruled], present: Collection[str]) -> Iterable[Fault]:
    asked: dict[int, list[Ruled]] = defaultdict(list)
    for post in posts:
        if post.step is not None:
            asked[post.step].append(post)
    for step in range(1, max(asked, default=1) + 1):
        if not asked[step]:
            yield Fault(_last(posts), "step", f"No post is asked at step {step}.")
        elif not any(_fillable(post, present) for post in asked[step]):
            said = f"Nobody can be asked at step {step}: no unit exists on that day for any post of it"
            yield Fault(asked[step][0].code, "step", f"{said}.")


def _last(posts: Sequence[Ruled]) -> str:
    """The post to point at when what is wrong is that there is none."""
    return max(posts, key=lambda post: (post.step or 0, post.code)).code if posts else ""
