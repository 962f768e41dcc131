"""Naming who acts, once it is known."""

from uuid import UUID

from sqlalchemy.orm import Session

from shared.prepared import Prepared

_ACT_AS = Prepared(
    """
    SELECT set_config('caunoi.actor', CAST(CAST(
        coalesce(nullif(current_setting('caunoi.actor', true), ''), '{}') AS jsonb)
        || jsonb_build_object('kind', 'official', 'actor', CAST(:official AS text)) AS text), true)
    """
)


def act_as(session: Session, official_id: UUID) -> None:
    """What follows in this transaction is done by this official, who has just proved who they are; where it comes
    from stays as it was named."""
    _ACT_AS.rows(session, {"official": str(official_id)})
