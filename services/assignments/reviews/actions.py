"""Beginning a review, deciding on each assignment, and applying what was decided, all of it together."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session, aliased

from services.assignments.assignments.model import Assignment
from services.assignments.assignments.moving import Move, Terms, carry_out, plan
from services.assignments.assignments.rules import Change
from services.assignments.documents import queries as documents
from services.assignments.documents.actions import known_posts
from services.assignments.officials.queries import named
from services.assignments.reviews import queries
from services.assignments.reviews.model import Campaign, Item
from services.assignments.reviews.rules import Decision, State, shortened
from services.assignments.rotations.actions import check_refusals
from services.assignments.rotations.rules import preview
from services.assignments.units.model import Unit
from services.assignments.units.queries import unit_on
from services.assignments.validity import valid_on
from shared import clock
from shared.errors import BadInput, Conflict
from shared.web.auth import Principal


def begin(
    session: Session,
    who: Principal,
    *,
    unit: str | UUID,
    posts: Sequence[str],
    document: UUID | None,
    **details: Any,
) -> Campaign:
    """Begin a campaign over every assignment to these posts in force today inside a unit. `details`: name,
    deadline, effective_on, legal_basis. Raises BadInput, Forbidden outside the territory."""
    place = unit_on(session, unit, clock.today(), "unit")
    who.check(place.path)
    if details["deadline"] < clock.today():
        raise BadInput("The deadline has passed.", field="deadline")
    if details["effective_on"] <= details["deadline"]:
        raise BadInput("What is decided becomes real after the deadline only.", field="effective_on")
    paper = documents.named(session, document, who)
    campaign = Campaign.begun(place, known_posts(session, posts), who.client_id, document=paper, **details)
    session.add(campaign)
    session.flush()
    if not _add_items(session, campaign):
        raise BadInput("Nobody holds such a post there today.", field="posts")
    return campaign


def decide(
    session: Session,
    who: Principal,
    campaign: Campaign,
    item: Item,
    *,
    decision: Decision,
    reason: str,
    official: UUID | None,
    note: str | None,
) -> Item:
    """Keep, change or end an assignment; deciding again before the campaign is applied takes the place of it.
    Raises RuleBroken, BadInput naming `official`."""
    campaign.check_open()
    if (official is None) == (decision == Decision.CHANGE):
        said = "Name who takes over." if official is None else "Nobody takes over what is kept or ended."
        raise BadInput(said, field="official")
    person = named(session, official, who) if official is not None else None
    if person is not None and (not person.active or person.id == item.assignment.official_id):
        raise BadInput("This official holds it already, or is not active.", field="official")
    session.add(campaign.decide(item, decision, reason, person, note, who.client_id))
    return item


def conclude(
    session: Session, who: Principal, campaign: Campaign, *, dry_run: bool, keep_undecided: bool
) -> dict[str, Any]:
    """Let everything decided become real on the campaign's day, all or nothing; a dry run says what would, in
    lists of the first ones with how many there are. Raises Forbidden unless its whole unit is the client's,
    RuleBroken, Conflict naming what cannot be."""
    who.check(campaign.unit.path)
    campaign.check_open()
    on = campaign.effective_on
    found = queries.all_items(session, campaign)
    undecided = [each for each in found if each.decision is None]
    gone = [each for each in found if _is_gone(each.assignment, campaign)]
    acting = [each for each in found if each.decision in (Decision.CHANGE, Decision.END) and each not in gone]
    moves = [Move(each.assignment_id, each.official_id, each.note, each.reason) for each in acting]
    made = plan(session, who, moves, Terms(on, campaign.legal_basis, campaign.document, Change.REVIEWED))
    said = preview(made) | {
        "kept": sum(each.decision == Decision.KEEP for each in found),
        "undecided": len(undecided),
        "gone": [each.assignment_id for each in gone],
        "dry_run": dry_run,
    }
    if dry_run:
        return shortened(said)
    if undecided and not keep_undecided:
        raise Conflict(f"{len(undecided)} assignments are not decided on yet.", field="keep_undecided")
    check_refusals(made)
    for shown, started in zip(said["starts"], carry_out(session, who, made), strict=True):
        shown["id"] = started.id
    campaign.close(State.APPLIED, who.client_id, None)
    return shortened(said)


def cancel(session: Session, who: Principal, campaign: Campaign, reason: str) -> Campaign:
    """End a campaign without any effect; what was decided in it stays to be read. Raises Forbidden, RuleBroken."""
    who.check(campaign.unit.path)
    campaign.close(State.CANCELLED, who.client_id, reason)
    return campaign


def _is_gone(held: Assignment, campaign: Campaign) -> bool:
    """It ends by itself before anything decided here becomes real."""
    return held.valid_to is not None and held.valid_to <= campaign.effective_on


def _add_items(session: Session, campaign: Campaign) -> int:
    territory, group = aliased(Unit), aliased(Unit)
    root, today = campaign.unit.path, clock.today()
    below = func.split_part(func.substr(territory.path, len(root) + 1), "/", 1)
    # Directly below the campaign's unit, or that unit itself.
    path = func.concat(root, func.nullif(func.concat(below, "/"), "/"))
    found = (
        select(literal(campaign.id), Assignment.id, group.id, literal(0))
        .join(territory, territory.id == Assignment.territory_id)
        .join(group, group.path == path)
        .where(territory.path.startswith(root, autoescape=True), Assignment.post_code.in_(campaign.posts))
        .where(valid_on(Assignment, today), valid_on(group, today))
    )
    names = ["campaign_id", "assignment_id", "group_unit_id", "version"]
    made = insert(Item).from_select(names, found).returning(Item.assignment_id)
    return len(session.scalars(made).all())
