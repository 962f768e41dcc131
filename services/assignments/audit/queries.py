"""Reading the audit log, and checking it."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, func, literal_column, select
from sqlalchemy.orm import Session

from services.assignments.audit.model import AuditEntry, AuditLink
from services.assignments.audit.rules import chained
from shared.web.auth import Principal, territory_filter
from shared.web.paging import paginate

_BATCH = 1000  # rows that are fetched at a time


def _found(filters: dict[str, Any], who: Principal) -> Select[AuditEntry]:
    """What belongs to a place is seen by those whose territory holds it; the rest by those who hold everything."""
    statement = select(AuditEntry).where(territory_filter(AuditEntry.__table__.c.unit_path, who))
    for name in ("record", "record_id", "operation", "actor", "correlation_id"):
        if filters.get(name) is not None:
            statement = statement.where(getattr(AuditEntry, name) == filters[name])
    if filters.get("since"):
        statement = statement.where(AuditEntry.at >= filters["since"])
    if filters.get("until"):
        statement = statement.where(AuditEntry.at < filters["until"])
    return statement


def page(session: Session, filters: dict[str, Any], who: Principal) -> dict[str, Any]:
    """One page of entries, newest first."""
    paging = {"limit": filters["limit"], "cursor": filters["cursor"]}
    return paginate(session, _found(filters, who), AuditEntry.id, descending=True, **paging)


def stream(session: Session, filters: dict[str, Any], who: Principal) -> Iterator[AuditEntry]:
    """All entries, oldest first, a batch in memory at a time."""
    statement = _found(filters, who).order_by(AuditEntry.id)
    with closing(session.scalars(statement.execution_options(yield_per=_BATCH))) as found:
        yield from found


def head(session: Session) -> AuditLink | None:
    """The youngest link of the chain: whoever wrote it down elsewhere can prove that nothing before was changed."""
    return session.scalars(select(AuditLink).order_by(AuditLink.seq.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `broken` is the first entry that is not as it was written, `why` says what is wrong;
    both None if all is well. `seq` and `hash` are of the last link that is good."""

    entries: int
    links: int
    seq: int
    hash: bytes
    broken: int | None = None
    why: str | None = None


def verify(session: Session, expected: tuple[int, bytes] | None = None) -> Verdict:
    """Compute the whole chain again, from the rows as they now stand, and compare. `expected`: a link written down
    earlier, which must still be in it."""
    verdict = Verdict(0, 0, 0, b"")
    with closing(_links(session)) as links:
        for link, rows in links:
            fault = _fault(verdict, link, rows, expected)
            if fault is not None:
                return replace(verdict, broken=fault[0], why=fault[1])
            verdict = Verdict(verdict.entries + link.entries, verdict.links + 1, link.seq, link.hash)
    return _ended(session, verdict, expected)


def _ended(session: Session, verdict: Verdict, expected: tuple[int, bytes] | None) -> Verdict:
    """What only the whole shows: entries outside the chain, a chain that was cut off."""
    broken, why = None, None
    if expected is not None and verdict.seq < expected[0]:
        why = f"the chain ends at link {verdict.seq}, before the one that was written down"
        broken = (session.scalars(select(func.max(AuditEntry.id))).one() or 0) + 1
    else:
        broken = session.scalars(_UNLINKED).first()
        why = "the entry is in no link of the chain" if broken is not None else None
    return replace(verdict, broken=broken, why=why)


_SPANNED = and_(AuditEntry.txn == AuditLink.txn, AuditEntry.id.between(AuditLink.first_id, AuditLink.last_id))
_UNLINKED = (
    select(AuditEntry.id).where(~select(AuditLink.seq).where(_SPANNED).exists()).order_by(AuditEntry.id).limit(1)
)
_CHECKED = (
    select(
        AuditLink.seq,
        AuditLink.txn,
        AuditLink.first_id,
        AuditLink.last_id,
        AuditLink.entries,
        AuditLink.hash,
        AuditEntry.id,
        AuditEntry.digest,
        func.audit_digest(func.to_jsonb(literal_column("audit_log")), AuditEntry.at).label("computed"),
    )
    .outerjoin(AuditEntry, _SPANNED)
    .order_by(AuditLink.seq, AuditEntry.id)
)


def _links(session: Session) -> Generator[tuple[Any, list[Any]], None, None]:
    with closing(session.execute(_CHECKED.execution_options(yield_per=_BATCH))) as rows:
        for _, group in groupby(rows, key=lambda row: row.seq):
            found = list(group)
            yield found[0], [row for row in found if row.id is not None]


def _fault(
    before: Verdict, link: Any, rows: list[Any], expected: tuple[int, bytes] | None
) -> tuple[int, str] | None:
    """The first entry of a link that is wrong, and why."""
    if link.seq != before.seq + 1:
        return link.first_id, f"link {before.seq + 1} of the chain is missing"
    for row in rows:
        if row.digest != row.computed:
            return row.id, "the entry is not as it was written"
    if len(rows) != link.entries:
        return link.first_id, f"link {link.seq} was made of {link.entries} entries, of which {len(rows)} are left"
    digests = (row.digest for row in rows)
    if chained(before.hash, link.seq, link.txn, link.first_id, link.last_id, digests) != link.hash:
        return link.first_id, f"link {link.seq} does not follow from its entries and the link before"
    if expected is not None and link.seq == expected[0] and link.hash != expected[1]:
        return link.first_id, f"link {link.seq} is not the one that was written down"
    return None
