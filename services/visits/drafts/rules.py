"""Rules of drafts: how many at once, how old, and when two are the same. Pure."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from shared.errors import BadInput

MOST_ITEMS = 100
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(days=1)  # a telephone's clock may be wrong by so much


class Status(StrEnum):
    """What became of a draft."""

    CREATED = "created"
    REPEATED = "repeated"  # it was handed in before: nothing was done again
    REFUSED = "refused"  # nothing was done; mend it and hand it in again


def digest(kind: str, made_at: datetime, body: dict[str, Any]) -> str:
    """The same for the same draft, whatever the order of its fields. Raises BadInput for one nested too deeply."""
    try:
        written = orjson.dumps([kind, made_at, body], option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise BadInput("This is nested too deeply.", field="body") from error
    return hashlib.sha256(written).hexdigest()


def check_made_at(made_at: datetime, now: datetime) -> None:
    """Raises BadInput for a draft that claims to come from the future, or from long before this system."""
    if not OLDEST <= made_at <= now + CLOCKS_DIFFER:
        raise BadInput("This draft claims to have been made in the future, or before 2000.", field="made_at")


def check_once(client_ids: Iterable[UUID]) -> None:
    """Raises BadInput if two drafts of one batch have the same id."""
    seen: set[UUID] = set()
    for place, client_id in enumerate(client_ids):
        if client_id in seen:
            raise BadInput("Another draft of this batch has this id.", field=f"items.{place}.client_id")
        seen.add(client_id)
