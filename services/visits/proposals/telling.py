"""Telling officials of a proposal: who is invited, who signed with them, whom it is addressed to."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from services.visits.followings.queries import holders, people
from services.visits.proposals.model import Proposal, ProposalMove
from services.visits.proposals.queries import signers_of
from services.visits.proposals.rules import Answer, Move
from services.visits.reminders.actions import remind
from services.visits.reminders.rules import Reminder
from services.visits.units.model import Unit
from shared import clock

PROPOSE = "propose"  # how it begins; no move of the table

People = list[tuple[UUID, str]]

# What a message says of each move: kind, Vietnamese, English.
_SAID = {
    PROPOSE: ("proposal_to_sign", "Mời đồng ký đề xuất", "Please sign a joint proposal"),
    Move.SUBMIT: ("proposal_submitted", "Đề xuất chung đã được gửi", "A joint proposal is submitted"),
    Move.LAPSE: ("proposal_lapsed", "Đề xuất chung không đủ chữ ký", "A joint proposal lacks signatures"),
    Move.WITHDRAW: ("proposal_withdrawn", "Đề xuất chung đã được rút lại", "A joint proposal is withdrawn"),
    Move.ANSWER: ("proposal_answered", "Đề xuất chung đã có trả lời", "A joint proposal is answered"),
}


def tell(session: Session, proposal: Proposal, done: ProposalMove, unit_path: str) -> None:
    """Tell those whom a move concerns; a signature alone concerns nobody else."""
    if done.move not in _SAID:
        return
    kind, vi, en = _SAID[done.move]
    signers = signers_of(session, proposal.id)
    asked = [(each.official_id, each.full_name) for each in signers]
    concerned = asked if done.move == PROPOSE else [(proposal.official_id, proposal.official_name), *asked]
    if done.move == Move.SUBMIT:
        concerned += _addressees(session, proposal)
    signed = [proposal.official_name, *(each.full_name for each in signers if each.answer == Answer.SIGNED)]
    body_vi, body_en = _body(proposal, done, signed)
    reminder = Reminder(
        kind=kind,
        subject_id=done.id,
        day=clock.local_date(done.at),
        recipients=concerned,
        unit_path=unit_path,
        title_vi=f"{vi}: {proposal.title}",
        title_en=f"{en}: {proposal.title}",
        body_vi=body_vi,
        body_en=body_en,
    )
    remind(session, reminder)


def chase(session: Session, proposal: Proposal, today: date, unit_path: str) -> None:
    """Remind those who have neither signed nor declined."""
    signers = signers_of(session, proposal.id)
    signed = [proposal.official_name, *(each.full_name for each in signers if each.answer == Answer.SIGNED)]
    body_vi, body_en = _body(proposal, None, signed)
    reminder = Reminder(
        kind="proposal_unsigned",
        subject_id=proposal.id,
        day=today,
        recipients=[(each.official_id, each.full_name) for each in signers if each.answer == Answer.INVITED],
        unit_path=unit_path,
        title_vi=f"Đề xuất chung còn chờ đồng chí ký: {proposal.title}",
        title_en=f"A joint proposal still waits for you: {proposal.title}",
        body_vi=body_vi,
        body_en=body_en,
    )
    remind(session, reminder)


def _addressees(session: Session, proposal: Proposal) -> People:
    """Who holds a post of the very unit it is addressed to, as far as that is known here."""
    unit = session.get(Unit, proposal.addressee_unit_id)
    if unit is None:
        return []
    found = holders(session, unit.path, clock.today())
    return people([each for each in found if each.unit_path == unit.path])


def _body(proposal: Proposal, done: ProposalMove | None, signed: list[str]) -> tuple[str, str]:
    to = ", ".join(filter(None, (proposal.addressee, proposal.addressee_unit_name)))
    vi = [f"Kính gửi: {to}.", proposal.text, f"Đã ký: {', '.join(signed)}."]
    en = [f"To: {to}.", proposal.text, f"Signed by: {', '.join(signed)}."]
    if done and done.reason:
        vi.append(f"Lý do: {done.reason}")
        en.append(f"Why: {done.reason}")
    if proposal.answer:
        vi.append(f"{proposal.answered_by} trả lời: {proposal.answer}")
        en.append(f"{proposal.answered_by} answers: {proposal.answer}")
    return "\n".join(vi), "\n".join(en)
