"""Clusters as a sheet: known by district and code, or by the id; each with the communes it holds from a day on."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from services.assignments.bulk.kind import (
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
from services.assignments.clusters import rules
from services.assignments.clusters.model import Cluster, Membership
from services.assignments.clusters.schemas import CODE_MAX, COMMUNES_MAX, NAME_MAX
from services.assignments.sheets import cells
from services.assignments.sheets.table import Column, Report, Row
from services.assignments.units.model import Unit
from services.assignments.validity import overlap
from shared import clock
from shared.web.auth import Principal, territory_filter

COLUMNS = (
    id_column(cells.identifier),
    Column("district", "Mã huyện", cells.unit_code, "Mã huyện, thành phố.", "Code of the district.", "834", True),
    Column(
        "code",
        "Mã tiểu vùng",
        cells.text(CODE_MAX),
        "Mã riêng của tiểu vùng trong huyện. Dòng được nhận ra theo mã huyện và mã tiểu vùng.",
        "The district's own code of the cluster; rows are matched by both codes.",
        "TV1",
        needed=True,
    ),
    Column("name", "Tên tiểu vùng", cells.text(NAME_MAX), "Tên tiểu vùng.", "Name.", "Tiểu vùng 1", True),
    Column(
        "communes",
        "Các xã",
        cells.unit_codes(COMMUNES_MAX),
        "Mã các xã trong tiểu vùng, cách nhau bằng dấu cách.",
        "Codes of its communes, separated by spaces.",
        "28984 28993",
        needed=True,
    ),
    Column(
        "communes_from",
        "Gồm các xã này từ ngày",
        cells.day,
        "Ngày tiểu vùng bắt đầu gồm đúng các xã này; để trống là hôm nay (dòng mới: ngày bắt đầu).",
        "The day from which it holds these communes; today if empty (of a new one: its first day).",
    ),
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
        codes = texts(rows, "district")
        named = {code for row in rows for code in row["communes"] or ()}
        self.units = Units(session, codes | named)
        own = select(Cluster.district_id).where(any_of(Cluster.id, texts(rows, "id")))
        # All clusters of every district concerned, as their names, codes and communes are compared; locked, as one
        # who changes them singly locks them.
        districts = select(Unit.id).where(or_(any_of(Unit.code, codes), Unit.id.in_(own))).order_by(Unit.id)
        session.execute(districts.with_for_update(key_share=True)).all()
        wanted = select(Cluster).join(Cluster.district).options(contains_eager(Cluster.district))
        wanted = wanted.options(selectinload(Cluster.memberships).joinedload(Membership.commune))
        found = session.scalars(wanted.where(Cluster.district_id.in_(districts.order_by(None)))).all()
        self.by_id = {cluster.id: cluster for cluster in found}
        self.of_district: dict[Any, list[Cluster]] = defaultdict(list)
        for cluster in found:
            self.of_district[cluster.district_id].append(cluster)

    def take(self, row: Row) -> None:
        if row["id"] is not None:
            cluster = self.by_id.get(row["id"])
            if cluster is None:
                self.report(
                    row, "id", "không có tiểu vùng mang mã hệ thống này", "there is no cluster with this id"
                )
            elif self.once(cluster.id, row, "id"):
                self._change(row, cluster)
            return
        if "district" in row.unread or "code" in row.unread:
            return
        if row["district"] is None or row["code"] is None:
            name = "district" if row["district"] is None else "code"
            self.report(
                row, name, "cần mã huyện và mã tiểu vùng, hoặc mã hệ thống", "both codes are needed, or an id"
            )
            return
        district = self.units.on(row["district"], row["valid_from"] or clock.today(), row, "district", self.report)
        if district is None:
            return
        if district.level != rules.OF:
            self.report(row, "district", "tiểu vùng phải thuộc một huyện", "a cluster belongs to a district")
        elif self.once((district.id, row["code"].lower()), row, "code"):
            known = [each for each in self.of_district[district.id] if _same(each.code, row["code"])]
            if len(known) > 1:
                self.report(
                    row,
                    "code",
                    "huyện có nhiều tiểu vùng mang mã này; hãy ghi mã hệ thống",
                    "use the id: not unique",
                )
            elif known:
                self._change(row, known[0])
            else:
                self._add(row, district)

    def _add(self, row: Row, district: Unit) -> None:
        inside = check_inside(self.who, district.path, row, "district", self.report)
        since = row["valid_from"] or clock.today()
        if row["communes_from"] not in (None, since):
            vi, en = "dòng mới: phải là ngày bắt đầu, hoặc để trống", "of a new one: its first day, or empty"
            self.report(row, "communes_from", vi, en)
        members = self._members(row, district, since)
        if row["valid_to"] is not None and row["valid_to"] < since:
            self.report(row, "valid_to", "kết thúc trước khi bắt đầu", "it cannot end before it began")
        if not check_needed(row, COLUMNS, self.report) or not inside or row.unread:
            return
        self._check_name(row, district, row["name"], since, None)
        self._check_free(row, district, members, since, None)
        if row.unread:
            return
        cluster = Cluster.of(district, row["name"], members, since, row["code"])
        if row["valid_to"] is not None:
            cluster.end(row["valid_to"])
        self.of_district[district.id].append(cluster)
        self.settled.created.append(cluster)

    def _change(self, row: Row, cluster: Cluster) -> None:
        shown = "district" if row.has("district") else "id"
        if not check_inside(self.who, cluster.district.path, row, shown, self.report):
            return
        self._check_kept(row, cluster)
        code, name = row["code"] or cluster.code, row["name"] or cluster.name
        if name != cluster.name:
            self._check_name(row, cluster.district, name, cluster.valid_from, cluster)
        members = self._held_anew(row, cluster)
        end = row["valid_to"] if row.has("valid_to") else cluster.valid_to
        if end != cluster.valid_to:
            self._check_end(row, cluster, end, members)
        if row.unread:
            return
        if (code, name, end) == (cluster.code, cluster.name, cluster.valid_to) and members is None:
            self.settled.unchanged += 1
            return
        cluster.code, cluster.name = code, name
        if members is not None:
            cluster.hold(members, row["communes_from"] or clock.today())
        if end != cluster.valid_to and end is not None:
            cluster.end(end)
        cluster.version += 1
        self.settled.change(cluster, row)

    def _check_kept(self, row: Row, cluster: Cluster) -> None:
        if row["district"] not in (None, cluster.district.code):
            vi, en = "tiểu vùng không chuyển sang huyện khác được", "a cluster stays with its district"
            self.report(row, "district", vi, en)
        if row["valid_from"] not in (None, cluster.valid_from):
            self.report(row, "valid_from", "ngày bắt đầu không đổi được", "the first day stays as it is")
        for name in ("name", "communes"):
            if row.has(name) and not row[name]:
                self.report(row, name, "không được để trống", "must not be empty")
        code = row["code"] or cluster.code
        if any(each is not cluster and _same(each.code, code) for each in self.of_district[cluster.district_id]):
            self.report(row, "code", "huyện đã có tiểu vùng mang mã này", "the district has a cluster of this code")

    def _held_anew(self, row: Row, cluster: Cluster) -> list[Unit] | None:
        """The communes that the row lets it hold from a day on; None if it holds just these."""
        if not row["communes"] or "communes_from" in row.unread:
            return None
        since = row["communes_from"] or clock.today()
        if set(row["communes"]) == {unit.code for unit in cluster.communes_at(since)}:
            return None
        if since < cluster.last_change or cluster.valid_to:
            vi = "các xã của tiểu vùng chỉ đổi được sau lần đổi cuối, khi chưa kết thúc"
            en = "the communes of an open cluster change after the last change only"
            self.report(row, "communes_from", vi, en)
            return None
        members = self._members(row, cluster.district, since)
        self._check_free(row, cluster.district, members, since, cluster)
        return members

    def _check_end(self, row: Row, cluster: Cluster, end: date | None, members: list[Unit] | None) -> None:
        began = max(cluster.last_change, (row["communes_from"] or clock.today()) if members else date.min)
        if end is None or end < began or (cluster.valid_to and cluster.valid_to < end):
            vi = "tiểu vùng kết thúc sau khi nó và các xã của nó bắt đầu, và chỉ một lần"
            self.report(row, "valid_to", vi, "a cluster ends after it and its communes began, and only once")

    def _members(self, row: Row, district: Unit, since: date) -> list[Unit]:
        members: list[Unit] = []
        for code in row["communes"] or ():
            unit = self.units.on(code, since, row, "communes", self.report)
            if unit is None:
                continue
            if unit.level != rules.HOLDS or unit.parent_id != district.id:
                vi, en = (
                    f"{unit.name} ({code}) không thuộc {district.name}",
                    f"{unit.name} is no commune of {district.name}",
                )
                self.report(row, "communes", vi, en)
            elif unit in members:
                self.report(row, "communes", f"xã {code} ghi hai lần", f"commune {code} is named twice")
            else:
                members.append(unit)
        return members

    def _check_name(self, row: Row, district: Unit, name: str, since: date, own: Cluster | None) -> None:
        for other in self.of_district[district.id]:
            same = other is not own and other.name.lower() == name.lower()
            if same and overlap(since, None, other.valid_from, other.valid_to):
                vi, en = (
                    "huyện đã có tiểu vùng tên này trong thời gian đó",
                    "the district has a cluster of this name then",
                )
                self.report(row, "name", vi, en)

    def _check_free(self, row: Row, district: Unit, members: list[Unit], since: date, own: Cluster | None) -> None:
        """On one day a commune is in one cluster at the most."""
        wanted = {unit.id for unit in members}
        for other in self.of_district[district.id]:
            for each in other.memberships if other is not own else ():
                if each.commune_id in wanted and overlap(since, None, each.valid_from, each.valid_to):
                    vi = f"xã {each.commune.code} đã thuộc {other.name} trong thời gian đó"
                    en = f"commune {each.commune.code} is in {other.name} in that time"
                    self.report(row, "communes", vi, en)
                    return


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.lower() == other.lower()


def settle(session: Session, who: Principal, rows: Sequence[Row], report: Report) -> Settled:
    """Clusters of districts of the territory, new or known."""
    desk = _Desk(session, who, rows, report)
    with session.no_autoflush:
        for row in rows:
            desk.take(row)
    return desk.settled


def rows_of(session: Session, who: Principal, path: str | None) -> Iterator[Sequence[Any]]:
    """The clusters of the territory that have not ended, by id, each with the communes it came to hold last."""
    wanted = select(Cluster).join(Cluster.district).options(contains_eager(Cluster.district)).order_by(Cluster.id)
    wanted = wanted.options(selectinload(Cluster.memberships).joinedload(Membership.commune))
    lasting = or_(Cluster.valid_to.is_(None), Cluster.valid_to > clock.today())
    wanted = wanted.where(territory_filter(Unit.path, who), *with_prefix(Unit.path, path), lasting)
    for each in session.scalars(wanted.execution_options(yield_per=500)):
        since = each.last_change
        communes = " ".join(unit.code for unit in each.communes_at(since))
        yield [each.id, each.district.code, each.code, each.name, communes, since, each.valid_from, each.valid_to]


CLUSTERS = Kind("clusters", "Tiểu vùng", "Clusters", COLUMNS, settle, rules.cluster_changed, rows_of, flat=False)
