"""Changing the rows that rule reports: their sections, when they are due, who receives them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.visits.reports.model import Receiver, ReportDeadline, Section
from services.visits.reports.queries import deadline_of, receiving_posts
from services.visits.reports.rules import Period
from shared.errors import NotFound
from shared.web.auth import Principal

EVERYWHERE = ""  # these rows hold in every province, so only a token for all of them changes them


def set_deadline(session: Session, period: str, given: dict[str, Any], who: Principal) -> ReportDeadline:
    """Say when the reports of a period are due; holds for reports opened or moved from now on.

    Raises Forbidden, or NotFound for what is no period.
    """
    who.check(EVERYWHERE)
    if period not in list(Period):
        raise NotFound()
    deadline = deadline_of(session, period)
    for name, value in given.items():
        setattr(deadline, name, value)
    session.flush()
    return deadline


def set_section(session: Session, code: str, given: dict[str, Any], who: Principal) -> Section:
    """Name a section, or change one. Raises Forbidden."""
    who.check(EVERYWHERE)
    return session.merge(Section(code=code, **given))


def set_receivers(session: Session, posts: Sequence[str], source: str, who: Principal) -> Sequence[Receiver]:
    """Say which posts receive reports, the first one that is not vacant. Raises Forbidden."""
    who.check(EVERYWHERE)
    session.execute(delete(Receiver))
    session.add_all(Receiver(position=place, post=post, source=source) for place, post in enumerate(posts, start=1))
    session.flush()
    return receiving_posts(session)
