"""Ending rows on a day, annulling and restoring them: the same for everything that has a validity."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, text, update
from sqlalchemy.orm import Session

from services.assignments.database import among


def end(session: Session, model: Any, ids: Iterable[UUID], day: date, *, versioned: bool = True) -> None:
    """On the day, or before it began if that is later: then it never took effect."""
    _set_end(session, model, ids, func.greatest(day, model.valid_from), versioned)


def annul(session: Session, model: Any, ids: Iterable[UUID], *, versioned: bool = True) -> None:
    """On its first day: it never was."""
    _set_end(session, model, ids, model.valid_from, versioned)


def restore(session: Session, model: Any, ends: Mapping[UUID, str | None], *, versioned: bool = True) -> None:
    """Each ends again when it did (as ISO text), or not at all."""
    more = ", version = version + 1" if versioned else ""
    _set(session, model, f"valid_to = given.value{more}", "date", ends)


def hand_on(session: Session, model: Any, heirs: Mapping[UUID, UUID | None], day: date) -> None:
    """End each on the day, as `end` does, and say which follows it, if one does."""
    change = "valid_to = greatest(:day, valid_from), succeeded_by = given.value, version = version + 1"
    _set(session, model, change, "uuid", heirs, day=day)


def go_on(session: Session, model: Any, ends: Mapping[UUID, str | None]) -> None:
    """As `restore`, and nothing follows it any more."""
    change = "valid_to = given.value, succeeded_by = NULL, version = version + 1"
    _set(session, model, change, "date", ends)


def give_back(session: Session, model: Any, heirs: Mapping[UUID, UUID | None]) -> None:
    """As `annul`; what reaches it all the same goes to another."""
    change = "valid_to = valid_from, succeeded_by = given.value, version = version + 1"
    _set(session, model, change, "uuid", heirs)


def succeed(session: Session, model: Any, heirs: Mapping[UUID, UUID | None]) -> None:
    """Say which row follows which, or that none does."""
    _set(session, model, "succeeded_by = given.value", "uuid", heirs)


def _set_end(session: Session, model: Any, ids: Iterable[UUID], to: ColumnElement[Any], versioned: bool) -> None:
    values: dict[Any, Any] = {"valid_to": to}
    if versioned:
        values["version"] = model.version + 1
    statement = update(model).where(among(model.id, ids)).values(values)
    session.execute(statement.execution_options(synchronize_session=False))


def _set(session: Session, model: Any, change: str, kind: str, values: Mapping[UUID, Any], **more: Any) -> None:
    statement = text(
        f"UPDATE {model.__tablename__} SET {change} FROM unnest("
        f"CAST(:ids AS uuid[]), CAST(:values AS {kind}[])) AS given (id, value) "
        f"WHERE {model.__tablename__}.id = given.id"
    )
    session.execute(statement, {"ids": list(values), "values": list(values.values())} | more)
