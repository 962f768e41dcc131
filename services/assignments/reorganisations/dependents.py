"""What depends on a reorganisation that was applied: whoever depends on it would be left without a place."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.assignments.assignments.model import Assignment
from services.assignments.clusters.model import Cluster
from services.assignments.hamlets.model import Hamlet
from services.assignments.reorganisations.model import Item, ListedUnit, Reorganisation
from services.assignments.reorganisations.rules import Outcome, Subject
from services.assignments.units.model import Unit

# Asked of the database itself, so that a table that refers to a place tomorrow counts without being named here.
_REFERENCES = text(
    """
    SELECT source.relname AS source, attribute.attname AS named, target.relname AS target,
        EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = source.oid AND attname = 'id') AS has_id,
        EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = source.oid AND attname = 'valid_to') AS dated
    FROM pg_constraint AS held
    JOIN pg_class AS source ON source.oid = held.conrelid
    JOIN pg_class AS target ON target.oid = held.confrelid
    JOIN pg_attribute AS attribute ON attribute.attrelid = held.conrelid AND attribute.attnum = held.conkey[1]
    WHERE held.contype = 'f' AND array_length(held.conkey, 1) = 1
        AND target.relname IN ('units', 'hamlets', 'assignments') AND source.relname NOT LIKE 'reorganisation%'
    ORDER BY source, named
    """
)
_MODELS: dict[str, Any] = {"assignment": Assignment, "hamlet": Hamlet, "cluster": Cluster}


def dependents(session: Session, made: Reorganisation) -> list[str]:
    """What stands in the way of undoing it, each as a phrase; empty if nothing does."""
    return [*_referring(session, made), *_changed(session, made), *_reorganised(session, made)]


def began(session: Session, made: Reorganisation) -> dict[str, list[UUID]]:
    """The ids of the units, hamlets and assignments that began by it."""
    listed = select(ListedUnit.unit_id).where(
        ListedUnit.reorganisation_id == made.id, ListedUnit.unit_id.is_not(None)
    )
    found: dict[str, list[Any]] = {"units": list(session.scalars(listed))}
    for kind, table in ((Subject.HAMLET, "hamlets"), (Subject.ASSIGNMENT, "assignments")):
        items = select(Item.new_id).where(Item.reorganisation_id == made.id, Item.kind == kind)
        found[table] = list(session.scalars(items.where(Item.new_id.is_not(None)).distinct()))
    return found


def _referring(session: Session, made: Reorganisation) -> Iterator[str]:
    new = began(session, made)
    own = _own(session, made, new)
    for row in session.execute(_REFERENCES):
        exempt = "AND NOT (id = ANY(CAST(:own AS uuid[])))" if row.has_id else ""
        if row.dated:  # what ended on its first day never was: it is of a deed that was undone
            exempt += " AND valid_to IS DISTINCT FROM valid_from"
        count = session.scalar(
            text(f'SELECT count(*) FROM "{row.source}" WHERE "{row.named}" = ANY(CAST(:new AS uuid[])) {exempt}'),
            {"new": new[row.target]} | ({"own": own.get(row.source, [])} if row.has_id else {}),
        )
        if count:
            yield f"{count} {row.source} rest on {row.target} that began by it"


def _own(session: Session, made: Reorganisation, new: dict[str, list[UUID]]) -> dict[str, list[UUID]]:
    """The rows that refer to what began because the reorganisation made them do so."""
    own = {table: list(ids) for table, ids in new.items()}
    tables = {Subject.UNIT: "units", Subject.HAMLET: "hamlets", Subject.OFFICIAL: "officials"}
    items = select(Item.kind, Item.subject_id).where(Item.reorganisation_id == made.id, Item.kind.in_(tables))
    for kind, subject_id in session.execute(items):
        own.setdefault(tables[Subject(kind)], []).append(subject_id)
    clusters = select(Item.former["joined"]).where(
        Item.reorganisation_id == made.id, Item.kind == Subject.CLUSTER, Item.outcome == Outcome.SHRINKS
    )
    own["cluster_communes"] = [UUID(each) for joined in session.scalars(clusters) for each in joined]
    return own


def _changed(session: Session, made: Reorganisation) -> Iterator[str]:
    for kind, model in _MODELS.items():
        of_kind = (Item.reorganisation_id == made.id, Item.kind == kind)
        old = select(func.count()).select_from(model).join(Item, Item.subject_id == model.id).where(*of_kind)
        count = session.scalar(old.where(model.version != Item.subject_version + 1)) or 0
        if kind != Subject.CLUSTER:
            fresh = (
                select(func.count(model.id.distinct()))
                .select_from(model)
                .join(Item, Item.new_id == model.id)
                .where(*of_kind)
            )
            count += session.scalar(fresh.where(model.version != 1)) or 0
        if count:
            yield f"{count} {kind}s that it moved were changed since"


def _reorganised(session: Session, made: Reorganisation) -> Iterator[str]:
    later = (
        select(func.count())
        .select_from(ListedUnit)
        .join(Unit, Unit.id == ListedUnit.unit_id)
        .where(ListedUnit.reorganisation_id == made.id, Unit.valid_to.is_not(None))
    )
    if count := session.scalar(later):
        yield f"{count} units that began by it have ended since"
