"""Finding units."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.notifications.units.model import Unit
from shared import clock
from shared.errors import BadInput


def unit_today(session: Session, code: str, field: str) -> Unit:
    """The unit that has this code today. Raises BadInput naming `field`."""
    today = clock.today()
    statement = select(Unit).where(
        Unit.code == code, Unit.valid_from <= today, or_(Unit.valid_to.is_(None), Unit.valid_to > today)
    )
    unit = session.scalars(statement.order_by(Unit.valid_from.desc()).limit(1)).first()
    if unit is None:
        raise BadInput(f"There is no unit {code} today.", field=field)
    return unit
