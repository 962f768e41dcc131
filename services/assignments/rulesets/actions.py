"""Applying a set of rules, and retiring a post."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.assignments.assignments.rules import Change, assignment_changed
from services.assignments.mandates.model import PostCharge, PostScope
from services.assignments.posts import checking
from services.assignments.posts import queries as posts
from services.assignments.posts.actions import check_everywhere, write_rule
from services.assignments.posts.checking import Period
from services.assignments.posts.model import Post
from services.assignments.posts.rules import Fault, Ruled
from services.assignments.rulesets import queries, rules
from services.assignments.rulesets.model import RuleApplication
from shared import clock
from shared.errors import BadInput, Conflict
from shared.messaging.outbox import record, record_many
from shared.web.auth import Principal

Posts = Sequence[dict[str, Any]]


def apply(
    session: Session,
    who: Principal,
    given: dict[str, Any],
    *,
    valid_from: date | None,
    dry_run: bool,
    end_assignments: bool,
) -> dict[str, Any]:
    """Let a set of rules hold from a day on (today if None), in the place of all that was planned for later; a dry
    run says what that would change. `given` is what RuleSetInput loads. Raises Forbidden, BadInput naming every
    field of it that cannot be, Conflict naming `end_assignments` when officials hold posts that it has not."""
    check_everywhere(who)
    checking.take_turns(session)
    since = valid_from or clock.today()
    _check(session, given["posts"], since)
    change = rules.difference(queries.document(session, since), given["posts"])
    left = queries.held_after(session, change.retired, since)
    report = {
        "name": given["name"],
        "valid_from": since,
        "added": change.added,
        "changed": [each._asdict() for each in change.changed],
        "retired": [{"post": code, "assignments": left.get(code, 0)} for code in change.retired],
    }
    if dry_run:
        return report | {"dry_run": True}
    if left and not end_assignments:
        raise Conflict(_said(left), field="end_assignments")
    _end_assignments(session, who, change.retired, since, given["name"])
    _write(session, given["posts"], change, since)
    applied = _application(who, given, since, report)
    session.add(applied)
    session.flush()
    record(session, rules.rules_applied(applied))
    return report | {"dry_run": False}


def retire(session: Session, who: Principal, post: Post, on: date, end_assignments: bool) -> dict[str, Any]:
    """Let a post be no more from a day on; what is recorded of it stays. Raises Forbidden, BadInput naming `post`
    when the others cannot do without it, Conflict naming `end_assignments` when officials hold it."""
    check_everywhere(who)
    checking.take_turns(session)
    left = queries.held_after(session, [post.code], on)
    if left and not end_assignments:
        raise Conflict(_said(left), field="end_assignments")
    planned = checking.planned(session, post.code, post.attached_to, on, None)
    for fault in checking.found(session, planned, on, ()):
        raise BadInput(f"{fault.code}: {fault.message}", field="post")
    write_rule(session, post.code, on, None)
    _end_assignments(session, who, [post.code], on, None)
    post.version += 1
    return posts.one(session, post.code, on)


def _check(session: Session, wanted: Posts, since: date) -> None:
    ruled = [Ruled(*(post[name] for name in Ruled._fields)) for post in wanted]
    codes = [post.code for post in ruled]
    found = checking.found(session, [Period(each, since, None) for each in ruled], since, codes)
    known = {code: attached for code, attached in session.execute(select(Post.code, Post.attached_to)).all()}
    found += [
        Fault(each.code, "attached_to", f"The post {each.code} is attached to a {known[each.code]}; it stays so.")
        for each in ruled
        if known.get(each.code, each.attached_to) != each.attached_to
    ]
    found += [
        Fault(post["code"], "cadences", f"There is no post {cadence['tell_post']} in this set.")
        for post in wanted
        for cadence in post["cadences"] or ()
        if cadence["tell_post"] not in (None, *codes)
    ]
    errors: dict[str, list[str]] = {}
    for fault in found:
        place = f"posts.{codes.index(fault.code)}.{fault.field}" if fault.code in codes else "posts"
        errors.setdefault(place, []).append(fault.message)
    if errors:
        raise BadInput("These rules cannot be worked with; see errors.", errors=errors)


def _write(session: Session, wanted: Posts, change: rules.Difference, since: date) -> None:
    touched = {*change.added, *(each.post for each in change.changed)}
    for given in wanted:
        _write_post(session, given, given["code"] in touched)
    session.flush()
    for given in wanted:
        write_rule(session, given["code"], since, {name: given[name] for name in rules.RULE})
        _write_texts(session, given)
    for code in change.retired:
        write_rule(session, code, since, None)
    bumped = update(Post).where(Post.code.in_(change.retired)).values(version=Post.version + 1)
    session.execute(bumped)


def _write_post(session: Session, given: dict[str, Any], touched: bool) -> None:
    post = session.get(Post, given["code"])
    if post is None:
        post = Post(code=given["code"], attached_to=given["attached_to"], source=given["source"], version=0)
        session.add(post)
    for name in rules.ABOUT:
        setattr(post, name, given[name])
    post.version += touched


def _write_texts(session: Session, given: dict[str, Any]) -> None:
    code = given["code"]
    if given["scope"]:
        scope = session.get(PostScope, code) or PostScope(post_code=code, version=0)
        _set(session, scope, {name: given["scope"][name] for name in rules.SCOPE})
    wanted = {each["code"]: each for each in given["charges"]}
    for charge in session.scalars(select(PostCharge).where(PostCharge.post_code == code)):
        if charge.code not in wanted:
            _set(session, charge, {"active": False})
    for each in wanted.values():
        row = session.get(PostCharge, (code, each["code"])) or PostCharge(
            post_code=code, code=each["code"], version=0
        )
        _set(session, row, {name: each[name] for name in rules.CHARGE} | {"active": True})


def _set(session: Session, row: PostScope | PostCharge, values: dict[str, Any]) -> None:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += bool(changed)
    session.add(row)


def _end_assignments(session: Session, who: Principal, codes: Sequence[str], on: date, why: str | None) -> None:
    """What lasts beyond the day ends with it; what would begin later never does."""
    ended = queries.lasting(session, codes, on) if codes else []
    for each in ended:
        each.end(max(on, each.valid_from), who.client_id, Change.POST_RETIRED, why)
    record_many(session, [(assignment_changed(each), None) for each in ended])


def _said(left: dict[str, int]) -> str:
    held = ", ".join(f"{code}: {count}" for code, count in sorted(left.items()))
    return (
        f"Officials hold posts that would be no more ({held}): end these assignments with it, or end them before."
    )


def _application(who: Principal, given: dict[str, Any], since: date, report: dict[str, Any]) -> RuleApplication:
    return RuleApplication(
        name=given["name"],
        valid_from=since,
        applied_at=clock.now(),
        applied_by=who.client_id,
        rules={"posts": list(given["posts"])},
        report=report,
    )
