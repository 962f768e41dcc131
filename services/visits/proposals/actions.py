"""Drafting a joint proposal, signing, declining, withdrawing, answering it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.visits.officials.model import Official
from services.visits.officials.queries import all_known, known
from services.visits.proposals import rules, telling
from services.visits.proposals.model import Proposal, ProposalIssue, ProposalMove, ProposalReminder, Signer
from services.visits.proposals.queries import addressee_of, issues_of, named_issues, reminder, signers_of
from services.visits.proposals.rules import BY_SIGNER, Answer, Move, State
from services.visits.proposals.telling import PROPOSE
from services.visits.timeline import actions as timeline
from shared import clock
from shared.errors import BadInput, RuleBroken
from shared.web.auth import Principal

CHASED_AT_ONCE = 50


def propose(session: Session, given: dict[str, Any], who: Principal) -> Proposal:
    """Draft a proposal and invite others to sign it; `given` is what ProposalInput loads.

    Raises BadInput naming the field. Who drafts it has signed it."""
    drafter = known(session, given["official"], "official")
    rules.check_invited(drafter.id, given["cosigners"])
    invited = all_known(session, given["cosigners"], "cosigners")
    quorum = rules.quorum_of(given["quorum"], len(invited))
    issues = named_issues(session, given["issues"], who)
    unit = addressee_of(session, issues, given["addressee_level"])
    chase_at = rules.next_chase(clock.today(), reminder(session).every_days)
    proposal = Proposal.draft(given, unit, drafter, quorum, by=who.client_id, chase_at=chase_at)
    session.add(proposal)
    session.flush()
    session.add_all(ProposalIssue(proposal_id=proposal.id, issue_id=each.id) for each in issues)
    session.add_all(Signer.invite(proposal.id, each) for each in invited)
    session.flush()
    _note(session, proposal, PROPOSE, who, official=drafter)
    return proposal


def move(session: Session, proposal: Proposal, given: dict[str, Any], who: Principal) -> None:
    """Move a locked proposal; `given` is what ProposalMoveInput loads. With the last signature needed it is
    submitted, with the last one that could be had it lapses.

    Raises RuleBroken, or BadInput naming the detail that is missing, wrong or out of place."""
    wanted = Move(given["move"])
    rules.check_details(wanted, given)
    official = known(session, given["official"], "official") if given["official"] else None
    if wanted == Move.WITHDRAW and given["official"] != proposal.official_id:
        raise RuleBroken("A proposal is withdrawn by who drafted it.", field="official")
    proposal.move(wanted)
    if wanted in BY_SIGNER:
        _invited(session, proposal.id, given["official"]).reply(wanted, given["reason"])
    if wanted == Move.ANSWER:
        proposal.take_answer(given["text"], given["by"])
    session.flush()
    _note(session, proposal, wanted, who, official=official, reason=given["reason"])
    _follow_up(session, proposal, who)


def chase(session: Session) -> int:
    """Remind those who have said nothing to some proposals whose time for it has come; how many there were."""
    due = (
        select(Proposal)
        .where(Proposal.chase_at <= clock.now())
        .order_by(Proposal.chase_at, Proposal.id)
        .limit(CHASED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(due).all()
    every_days, today = reminder(session).every_days, clock.today()
    for proposal in found:
        telling.chase(session, proposal, today, issues_of(session, proposal.id)[0].unit_path)
        proposal.chase_at = rules.next_chase(today, every_days)
    session.flush()
    return len(found)


def set_reminder(session: Session, given: dict[str, Any], who: Principal) -> ProposalReminder:
    """Say when the silent are reminded; it holds in every province. Raises Forbidden without a token for all."""
    who.check("")
    row = reminder(session)
    row.every_days, row.source = given["every_days"], given["source"]
    session.flush()
    return row


def _follow_up(session: Session, proposal: Proposal, who: Principal) -> None:
    """Submit it or let it lapse, if that is decided now."""
    if proposal.state != State.COLLECTING:
        return
    answers = [Answer(each.answer) for each in signers_of(session, proposal.id)]
    follows = rules.outcome(answers, proposal.quorum)
    if follows:
        proposal.move(follows)
        session.flush()
        _note(session, proposal, follows, who)


def _invited(session: Session, proposal_id: UUID, official_id: UUID) -> Signer:
    signer = session.get(Signer, (proposal_id, official_id), populate_existing=True)
    if signer is None:
        raise BadInput("This official was not invited to sign.", field="official")
    return signer


def _note(
    session: Session,
    proposal: Proposal,
    what: str,
    who: Principal,
    *,
    official: Official | None = None,
    reason: str | None = None,
) -> None:
    """Put a move into the history and on the timelines of the issues, and tell those concerned."""
    done = ProposalMove.now(what, subject_id=proposal.id, client_id=who.client_id, official=official, reason=reason)
    session.add(done)
    session.flush()
    data = {"proposal_id": proposal.id, "title": proposal.title, "move": what, "reason": reason}
    by = timeline.actor(who.client_id, official)
    issues = issues_of(session, proposal.id)
    timeline.note(session, [timeline.proposal(each.id, done.at, by, move_id=done.id, data=data) for each in issues])
    telling.tell(session, proposal, done, issues[0].unit_path)
