"""Hamlets as a sheet: known by commune and code, or by the id."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager

from services.assignments.bulk.kind import (
    CHUNK,
    Kind,
    Once,
    Settled,
    Units,
    any_of,
    check_inside,
    check_needed,
    id_column,
    texts,
    with_prefix,
)
from services.assignments.hamlets.model import Hamlet
from services.assignments.hamlets.rules import LEVEL, hamlet_changed
from services.assignments.hamlets.schemas import CODE_MAX, NAME_MAX
from services.assignments.sheets import cells
from services.assignments.sheets.table import Column, Report, Row
from services.assignments.units.model import Unit
from services.assignments.validity import overlap
from shared import clock
from shared.web.auth import Principal, territory_filter

COLUMNS = (
    id_column(cells.identifier),
    Column("unit", "Mã xã", cells.unit_code, "Mã xã, phường, thị trấn.", "Code of the commune.", "28993", True),
    Column(
        "code",
        "Mã ấp",
        cells.text(CODE_MAX),
        "Mã riêng của ấp, khu phố trong xã. Dòng được nhận ra theo mã xã và mã ấp.",
        "The commune's own code of the hamlet; rows are matched by both codes.",
        "01",
        needed=True,
    ),
    Column("name", "Tên ấp", cells.text(NAME_MAX), "Tên ấp, khu phố.", "Name.", "Ấp Bình Thành", True),
    Column(
        "valid_from",
        "Từ ngày",
        cells.day,
        "Ngày bắt đầu; để trống là hôm nay.",
        "First day; today if empty.",
        "01/03/2026",
    ),
    Column(
        "valid_to",
        "Đến ngày",
        cells.day,
        "Ngày đầu tiên không còn nữa; để trống khi chưa kết thúc.",
        "First day it is no longer valid; empty while open.",
    ),
)


class _Desk:
    def __init__(self, session: Session, who: Principal, rows: Sequence[Row], report: Report) -> None:
        self.who, self.report, self.once, self.settled = who, report, Once(report), Settled()
        codes = texts(rows, "unit")
        self.units = Units(session, codes)
        wanted = select(Hamlet).join(Hamlet.unit).options(contains_eager(Hamlet.unit))
        own = select(Hamlet.unit_id).where(any_of(Hamlet.id, texts(rows, "id")))
        # All hamlets of every commune concerned: names and codes are compared. As one changes hamlets singly, the
        # commune is locked.
        communes = select(Unit.id).where(or_(any_of(Unit.code, codes), Unit.id.in_(own))).order_by(Unit.id)
        session.execute(communes.with_for_update(key_share=True)).all()
        found = session.scalars(wanted.where(Hamlet.unit_id.in_(communes.order_by(None)))).all()
        self.by_id = {hamlet.id: hamlet for hamlet in found}
        self.of_unit: dict[Any, list[Hamlet]] = defaultdict(list)
        for hamlet in found:
            self.of_unit[hamlet.unit_id].append(hamlet)

    def take(self, row: Row) -> None:
        if row["id"] is not None:
            hamlet = self.by_id.get(row["id"])
            if hamlet is None:
                self.report(row, "id", "không có ấp mang mã hệ thống này", "there is no hamlet with this id")
            elif self.once(hamlet.id, row, "id"):
                self._change(row, hamlet)
            return
        if "unit" in row.unread or "code" in row.unread:
            return
        if row["unit"] is None or row["code"] is None:
            name = "unit" if row["unit"] is None else "code"
            self.report(row, name, "cần mã xã và mã ấp, hoặc mã hệ thống", "both codes are needed, or an id")
            return
        commune = self.units.on(row["unit"], row["valid_from"] or clock.today(), row, "unit", self.report)
        if commune is None:
            return
        if commune.level != LEVEL:
            self.report(row, "unit", "ấp phải thuộc một xã", "a hamlet stands under a commune")
        elif self.once((commune.id, row["code"].lower()), row, "code"):
            known = [each for each in self.of_unit[commune.id] if _same(each.code, row["code"])]
            if len(known) > 1:
                self.report(
                    row, "code", "xã có nhiều ấp mang mã này; hãy ghi mã hệ thống", "use the id: not unique"
                )
            elif known:
                self._change(row, known[0])
            else:
                self._add(row, commune)

    def _add(self, row: Row, commune: Unit) -> None:
        inside = check_inside(self.who, commune.path, row, "unit", self.report)
        since, until = row["valid_from"] or clock.today(), row["valid_to"]
        self._check_period(row, since, until)
        if not check_needed(row, COLUMNS, self.report) or not inside or row.unread:
            return
        if self._check_name(row, commune, row["name"], since, until, None):
            hamlet = Hamlet.under(commune, row["name"], since, row["code"])
            hamlet.valid_to = until
            self.of_unit[commune.id].append(hamlet)
            self.settled.created.append(hamlet)

    def _change(self, row: Row, hamlet: Hamlet) -> None:
        if not check_inside(self.who, hamlet.unit.path, row, "unit" if row.has("unit") else "id", self.report):
            return
        if row["unit"] not in (None, hamlet.unit.code):
            self.report(row, "unit", "ấp không chuyển sang xã khác được", "a hamlet stays with its commune")
        if row["valid_from"] not in (None, hamlet.valid_from):
            self.report(row, "valid_from", "ngày bắt đầu không đổi được", "the first day stays as it is")
        if row.has("name") and row["name"] is None:
            self.report(row, "name", "không được để trống", "must not be empty")
        code = row["code"] if row["code"] is not None else hamlet.code
        if any(each is not hamlet and _same(each.code, code) for each in self.of_unit[hamlet.unit_id]):
            self.report(row, "code", "xã đã có ấp mang mã này", "the commune has a hamlet of this code")
        name = row["name"] or hamlet.name
        until = row["valid_to"] if row.has("valid_to") else hamlet.valid_to
        self._check_period(row, hamlet.valid_from, until)
        if row.unread:
            return
        if (name, code, until) == (hamlet.name, hamlet.code, hamlet.valid_to):
            self.settled.unchanged += 1
        elif self._check_name(row, hamlet.unit, name, hamlet.valid_from, until, hamlet):
            hamlet.rename(name)
            hamlet.code, hamlet.valid_to = code, until
            hamlet.version += 1
            self.settled.change(hamlet, row)

    def _check_period(self, row: Row, since: date, until: date | None) -> None:
        if until is not None and until < since:
            self.report(row, "valid_to", "kết thúc trước khi bắt đầu", "it cannot end before it began")

    def _check_name(
        self, row: Row, commune: Unit, name: str, since: date, until: date | None, own: Hamlet | None
    ) -> bool:
        for other in self.of_unit[commune.id]:
            same = other is not own and other.name.lower() == name.lower()
            if same and overlap(since, until, other.valid_from, other.valid_to):
                vi, en = (
                    "xã đã có ấp tên này trong thời gian đó",
                    "the commune has a hamlet of this name in that time",
                )
                self.report(row, "name", vi, en)
                return False
        return True


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.lower() == other.lower()


def settle(session: Session, who: Principal, rows: Sequence[Row], report: Report) -> Settled:
    """Hamlets of communes of the territory, new or known."""
    desk = _Desk(session, who, rows, report)
    with session.no_autoflush:
        for row in rows:
            desk.take(row)
    return desk.settled


def rows_of(session: Session, who: Principal, path: str | None) -> Iterator[Sequence[Any]]:
    """The hamlets of the territory that have not ended, by id."""
    shown = (Hamlet.id, Unit.code, Hamlet.code, Hamlet.name, Hamlet.valid_from, Hamlet.valid_to)
    lasting = or_(Hamlet.valid_to.is_(None), Hamlet.valid_to > clock.today())
    wanted = select(*shown).join(Hamlet.unit).order_by(Hamlet.id)
    wanted = wanted.where(territory_filter(Unit.path, who), *with_prefix(Unit.path, path), lasting)
    yield from session.execute(wanted.execution_options(yield_per=CHUNK))


HAMLETS = Kind("hamlets", "Ấp, khu phố", "Hamlets", COLUMNS, settle, hamlet_changed, rows_of)
