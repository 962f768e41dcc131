"""Finding proposals. One is seen by those who may see every issue it is about."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, not_, or_, select
from sqlalchemy.orm import Session

from services.visits.issues.model import Issue
from services.visits.issues.queries import id_of
from services.visits.proposals.model import Proposal, ProposalIssue, ProposalMove, ProposalReminder, Signer
from services.visits.threads.queries import seen_by
from services.visits.units.model import Unit
from services.visits.units.rules import prefixes
from shared.errors import BadInput, NotFound
from shared.web.auth import Principal
from shared.web.paging import paginate

Issues = Sequence[Issue]


def reminder(session: Session) -> ProposalReminder:
    """When the silent are reminded; the migration made the one row."""
    return session.scalars(select(ProposalReminder).where(ProposalReminder.code == "signature")).one()


def one(session: Session, proposal_id: UUID, who: Principal, *, locked: bool = False) -> Proposal:
    """A proposal that the client may see; raises NotFound."""
    statement = select(Proposal).where(Proposal.id == proposal_id, _seen_by(who))
    found = session.scalars(statement.with_for_update() if locked else statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """A page of proposals, newest first; `filters`: ProposalFilters. Raises BadInput naming `issue`."""
    statement = select(Proposal).where(_seen_by(who))
    if "state" in filters:
        statement = statement.where(Proposal.state == filters["state"])
    if "issue" in filters:
        about = select(ProposalIssue.proposal_id).where(ProposalIssue.issue_id == _issue(session, filters, who))
        statement = statement.where(Proposal.id.in_(about))
    if "official" in filters:
        invited = select(Signer.proposal_id).where(Signer.official_id == filters["official"])
        statement = statement.where(or_(Proposal.official_id == filters["official"], Proposal.id.in_(invited)))
    keys = (Proposal.created_at, Proposal.id)
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    found = paginate(session, statement, *keys, descending=True, **paging)
    return found | {"items": _listed(session, found["items"])}


def detailed(session: Session, proposal: Proposal) -> dict[str, Any]:
    """A proposal with what was done to it, oldest first."""
    moves = select(ProposalMove).where(ProposalMove.subject_id == proposal.id)
    history = [
        {
            "at": each.at,
            "move": each.move,
            "client_id": each.client_id,
            "official": {"id": each.official_id, "full_name": each.official_name} if each.official_id else None,
            "reason": each.reason,
        }
        for each in session.scalars(moves.order_by(ProposalMove.at, ProposalMove.id))
    ]
    [listed] = _listed(session, [proposal])
    return listed | {"history": history}


def signers_of(session: Session, proposal_id: UUID) -> Sequence[Signer]:
    """Those invited, by name."""
    statement = select(Signer).where(Signer.proposal_id == proposal_id)
    return session.scalars(statement.order_by(Signer.full_name, Signer.official_id)).all()


def issues_of(session: Session, proposal_id: UUID) -> Issues:
    """The issues a proposal is about."""
    about = select(Issue).join(ProposalIssue, ProposalIssue.issue_id == Issue.id)
    return session.scalars(about.where(ProposalIssue.proposal_id == proposal_id).order_by(Issue.code)).all()


def named_issues(session: Session, references: Sequence[str], who: Principal) -> Issues:
    """The issues with these ids or codes; raises BadInput naming the place of one that is not there, or twice."""
    found: list[Issue] = []
    for place, reference in enumerate(references):
        try:
            issue = session.get_one(Issue, id_of(session, reference, who))
        except NotFound as error:
            raise BadInput("There is no such issue.", field=f"issues.{place}") from error
        if issue in found:
            raise BadInput("Named twice.", field=f"issues.{place}")
        found.append(issue)
    return found


def addressee_of(session: Session, issues: Issues, level: str) -> Unit:
    """The one unit of a level that all issues lie in; raises BadInput naming `addressee_level`. An issue keeps
    the units of its time: of several under one path the latest is meant."""
    shared = set.intersection(*(set(prefixes(each.unit_path)) for each in issues))
    units = select(Unit).where(Unit.path.in_(sorted(shared)), Unit.level == level)
    found = session.scalars(units.order_by(Unit.valid_from.desc(), Unit.id).limit(1)).one_or_none()
    if found is None:
        raise BadInput("There is no one unit of this level that all the issues lie in.", field="addressee_level")
    return found


def _issue(session: Session, filters: dict[str, Any], who: Principal) -> UUID:
    try:
        return id_of(session, filters["issue"], who)
    except NotFound as error:
        raise BadInput("There is no such issue.", field="issue") from error


def _seen_by(who: Principal) -> ColumnElement[bool]:
    outside = (
        select(ProposalIssue.issue_id)
        .join(Issue, Issue.id == ProposalIssue.issue_id)
        .where(ProposalIssue.proposal_id == Proposal.id, not_(seen_by(Issue, who)))
    )
    return ~exists(outside)


def _listed(session: Session, proposals: Sequence[Proposal]) -> list[dict[str, Any]]:
    ids = [each.id for each in proposals]
    issues, signers = defaultdict(list), defaultdict(list)
    about = select(ProposalIssue.proposal_id, Issue.id, Issue.code, Issue.title).join(
        Issue, Issue.id == ProposalIssue.issue_id
    )
    for row in session.execute(about.where(ProposalIssue.proposal_id.in_(ids)).order_by(Issue.code)) if ids else ():
        issues[row.proposal_id].append({"id": row.id, "code": row.code, "title": row.title})
    invited = select(Signer).where(Signer.proposal_id.in_(ids)).order_by(Signer.full_name, Signer.official_id)
    for each in session.scalars(invited) if ids else ():
        signers[each.proposal_id].append(_signer(each))
    return [_shown(each, issues[each.id], signers[each.id]) for each in proposals]


def _signer(each: Signer) -> dict[str, Any]:
    return {
        "official": {"id": each.official_id, "full_name": each.full_name},
        "answer": each.answer,
        "invited_at": each.invited_at,
        "answered_at": each.answered_at,
        "reason": each.reason,
    }


def _shown(proposal: Proposal, issues: list[Any], signers: list[Any]) -> dict[str, Any]:
    same = ("id", "version", "state", "title", "text", "quorum", "created_by", "created_at", "submitted_at")
    answer = {"text": proposal.answer, "by": proposal.answered_by, "at": proposal.answered_at}
    return {
        **{name: getattr(proposal, name) for name in same},
        "addressee": {
            "level": proposal.addressee_level,
            "unit": {"id": proposal.addressee_unit_id, "name": proposal.addressee_unit_name},
            "name": proposal.addressee,
        },
        "official": {"id": proposal.official_id, "full_name": proposal.official_name},
        "issues": issues,
        "cosigners": signers,
        "answer": answer if proposal.answered_at else None,
    }
