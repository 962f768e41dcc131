"""What applying a set of posts changes. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shared.contracts.assignments import RULES_APPLIED
from shared.messaging.events import NewEvent

ABOUT = ("name_vi", "name_en", "several")
RULE = ("above", "step", "position", "required", "source")
SCOPE = ("text_vi", "text_en", "source")
CHARGE = ("kind", "position", "text_vi", "text_en", "activity", "source")


def rules_applied(application: Any) -> NewEvent:
    """The event for a set that was applied, from a row or a model."""
    cadences = [
        {"post": post["code"], **cadence}
        for post in application.rules["posts"]
        for cadence in post.get("cadences") or ()
    ]
    data = {"name": application.name, "valid_from": application.valid_from, "cadences": cadences}
    return NewEvent(RULES_APPLIED, "rules", application.id, data)


class Changed(NamedTuple):
    """A field of a post that says something else."""

    post: str
    field: str
    before: Any
    after: Any


class Difference(NamedTuple):
    """Codes of posts that come and go, and what changes in those that stay."""

    added: list[str]
    changed: list[Changed]
    retired: list[str]


def difference(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> Difference:
    """From the posts in force to those wanted, both as documents."""
    old = {post["code"]: flat(post) for post in before}
    new = {post["code"]: flat(post) for post in after}
    changed = [
        Changed(code, name, old[code].get(name), new[code].get(name))
        for code in sorted(old.keys() & new.keys())
        for name in sorted(old[code].keys() | new[code].keys())
        if old[code].get(name) != new[code].get(name)
    ]
    return Difference(sorted(new.keys() - old.keys()), changed, sorted(old.keys() - new.keys()))


def flat(post: Mapping[str, Any]) -> dict[str, Any]:
    """A post of a document as one level of names: {"above": …, "scope.text_vi": …, "charges.visit.kind": …}."""
    out = {name: post[name] for name in ("attached_to", *ABOUT, *RULE)}
    if post["scope"]:
        out |= {f"scope.{name}": post["scope"][name] for name in SCOPE}
    for charge in post["charges"]:
        out |= {f"charges.{charge['code']}.{name}": charge[name] for name in CHARGE}
    return out
