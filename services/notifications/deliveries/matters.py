"""The notices that came with claimed rows, kept for the rows of the same notice that are claimed later."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.notifications.deliveries.parcel import Matter

_KEPT = 256  # notices; about 20 kB each


class Matters:
    """The matters of late, by notice."""

    def __init__(self) -> None:
        self._kept: OrderedDict[UUID, Matter] = OrderedDict()

    def of(self, rows: Sequence[Row[Any]]) -> list[Matter]:
        """The matter of each claimed row; one row of each notice, whichever it is, has brought what it says."""
        for row in rows:
            if row.kind is not None:
                self._kept.setdefault(row.notice_id, Matter(row))
        for row in rows:
            self._kept.move_to_end(row.notice_id)
        found = [self._kept[row.notice_id] for row in rows]
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return found
