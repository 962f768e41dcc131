"""Issues that look alike, found at a bounded cost; what was merged."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from services.visits.categories.model import Category
from services.visits.categories.queries import with_below
from services.visits.duplicates.model import Merge, SimilarityRule
from services.visits.duplicates.rules import Likeness, most_alike, neighbourhood
from services.visits.issues.listing import UPPER_PATHS
from services.visits.issues.model import Issue
from services.visits.issues.reading import LISTED, listed
from services.visits.issues.rules import State
from services.visits.threads.queries import seen_by
from services.visits.units.rules import depth_of
from shared import clock
from shared.web.auth import Principal
from shared.web.paging import paginate

# Of each place so many of the newest issues are looked through for those of the category, and so many compared:
# first those of the commune, then those of its neighbours.
WALK, COMPARED = 2000, 100

CODE = "similar_issues"

_NAMES = ("code", "title", "into_code", "into_title")


def rule(session: Session) -> SimilarityRule:
    """What counts as similar; the migration made the one row."""
    return session.get_one(SimilarityRule, CODE)


def similar(
    session: Session,
    wanted: Likeness,
    who: Principal,
    *,
    unit_path: str,
    category: str,
    leave_out: UUID | None = None,
) -> list[dict[str, Any]]:
    """The issues most like the one wanted, best first: recent, of the same category or one beside it, of the same
    commune or a neighbouring one, and such that the client may see."""
    rule_ = rule(session)
    columns = (*LISTED, Issue.description)
    since = clock.now() - timedelta(days=rule_.days)
    here, around = _inside(unit_path), _inside(neighbourhood(unit_path))
    wanted_ones = [
        Issue.category.in_(_beside(session, category)),
        Issue.state.not_in([State.REJECTED, State.MERGED]),
        seen_by(Issue, who),
    ]
    if leave_out:
        wanted_ones.append(Issue.id != leave_out)
    found: list[Any] = []
    for place in (here, around & not_(here)):
        found += session.execute(_candidates(columns, place & (Issue.reported_at >= since), wanted_ones)).all()
    candidates = [(Likeness.of(row.title, row.description), row) for row in found]
    best = most_alike(wanted, candidates, least=rule_.least_score, at_most=rule_.at_most)
    return [listed(*row[: len(LISTED)]) | {"score": score} for score, row in best]


def merges(session: Session, issue_id: UUID, who: Principal, paging: dict[str, Any]) -> dict[str, Any]:
    """A page of the merges of an issue, oldest first: what went on in it, and where it went itself."""
    gone, into = aliased(Issue), aliased(Issue)
    statement = (
        select(
            Merge,
            Merge.at,
            Merge.issue_id,
            *(gone.code.label("code"), gone.title.label("title")),
            *(into.code.label("into_code"), into.title.label("into_title")),
        )
        .join(gone, gone.id == Merge.issue_id)
        .join(into, into.id == Merge.into_id)
        .where(or_(Merge.issue_id == issue_id, Merge.into_id == issue_id), seen_by(gone, who), seen_by(into, who))
    )
    page = paginate(session, statement, Merge.at, Merge.issue_id, scalars=False, **paging)
    return page | {"items": [shown(row["Merge"], *(row[name] for name in _NAMES)) for row in page["items"]]}


def shown(merge: Merge, code: str, title: str, into_code: str, into_title: str) -> dict[str, Any]:
    """A merge as the API shows it."""
    official = {"id": merge.official_id, "full_name": merge.official_name} if merge.official_id else None
    return {
        "issue": {"id": merge.issue_id, "code": code, "title": title},
        "into": {"id": merge.into_id, "code": into_code, "title": into_title},
        "at": merge.at,
        "reason": merge.reason,
        "client_id": merge.client_id,
        "official": official,
    }


def _candidates(
    columns: Sequence[Any], inside: ColumnElement[bool], wanted: Sequence[ColumnElement[bool]]
) -> Select[*tuple[Any, ...]]:
    """The newest under `inside` that are wanted as well. The walk is bounded first: were it not, a rare category
    in a busy district would cost all issues there are."""
    newest = select(Issue.id).where(inside).order_by(Issue.reported_at.desc(), Issue.id.desc()).limit(WALK)
    chosen = select(*columns).where(Issue.id.in_(newest.subquery().select()), *wanted)
    return chosen.order_by(Issue.reported_at.desc(), Issue.id.desc()).limit(COMPARED)


def _inside(path: str) -> ColumnElement[bool]:
    """Equality with an upper path where there is one, see `issues.listing`."""
    depth = depth_of(path)
    if depth <= UPPER_PATHS:
        same: ColumnElement[bool] = getattr(Issue, f"path_{depth}") == path
        return same
    return func.starts_with(Issue.unit_path, path)


def _beside(session: Session, code: str) -> list[str]:
    """The category, those below it, and with one above it all below that."""
    parent = session.scalar(select(Category.parent).where(Category.code == code))
    return with_below(session, parent or code)
