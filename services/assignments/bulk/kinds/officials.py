"""Officials as a sheet: known by the staff code, or by the id; never by the name."""

from collections.abc import Iterator, Sequence
from typing import Any

import phonenumbers
from sqlalchemy import func, or_, select
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
from services.assignments.officials.model import Official
from services.assignments.officials.rules import LANGUAGES, email_address, official_changed, phone_number
from services.assignments.officials.schemas import BODY_MAX, NAME_MAX, STAFF_CODE_MAX
from services.assignments.sheets import cells
from services.assignments.sheets.table import Column, Report, Row
from services.assignments.units.model import Unit
from shared import clock
from shared.web.auth import Principal, territory_filter

_LANGUAGE = {"tieng viet": "vi", "tieng anh": "en"} | {each: each for each in LANGUAGES}

COLUMNS = (
    id_column(cells.identifier),
    Column(
        "staff_code",
        "Mã cán bộ",
        cells.text(STAFF_CODE_MAX),
        "Mã do cơ quan tổ chức cán bộ cấp, không hai người trùng nhau. Dòng được nhận ra theo mã này, "
        "không theo họ tên.",
        "What the personnel office knows the person by; rows are matched by it, never by name.",
        "BT-00123",
        needed=True,
    ),
    Column(
        "full_name", "Họ và tên", cells.text(NAME_MAX), "Họ và tên đầy đủ.", "Full name.", "Nguyễn Văn An", True
    ),
    Column(
        "given_name", "Tên", cells.text(NAME_MAX), "Tên gọi, dùng để sắp xếp.", "The name to sort by.", "An", True
    ),
    Column(
        "unit",
        "Đơn vị",
        cells.unit_code,
        "Mã đơn vị hành chính nơi công tác (tỉnh 2, huyện 3, xã 5 chữ số).",
        "Code of the home unit today.",
        "83",
        needed=True,
    ),
    Column(
        "email",
        "Thư điện tử",
        cells.by_rule(email_address, 254, "không phải địa chỉ thư điện tử", "not an e-mail address"),
        "Địa chỉ nhận thông báo.",
        "Where mail is sent.",
        "an.nguyen@bentre.example",
        private=True,
    ),
    Column(
        "phone",
        "Điện thoại",
        cells.by_rule(
            phone_number, 30, "không phải số điện thoại gọi được", "not a phone number that can be called"
        ),
        "Số điện thoại Việt Nam, hoặc bắt đầu bằng + và mã nước.",
        "A Vietnamese number, or one that begins with + and the country.",
        "0912 345 678",
        private=True,
    ),
    Column(
        "home_body", "Cơ quan", cells.text(BODY_MAX), "Cơ quan công tác.", "Home organisation.", "Sở Nông nghiệp"
    ),
    Column(
        "language",
        "Ngôn ngữ",
        cells.choice(_LANGUAGE),
        "Ngôn ngữ của thông báo: vi hoặc en; để trống là vi.",
        "Language of messages: vi or en; vi if empty.",
        "vi",
    ),
    Column(
        "active",
        "Đang công tác",
        cells.flag,
        "có hoặc không; người không còn công tác không nhận thông báo.",
        "có (yes) or không (no); an inactive official is told nothing.",
        "có",
    ),
)
_PLAIN = ("staff_code", "full_name", "given_name", "email", "phone", "home_body", "language", "active")
_ALWAYS = ("full_name", "given_name", "unit")
_DEFAULTS: dict[str, Any] = {"language": "vi", "active": True}


class _Desk:
    """What the rows are held against, and what comes of them."""

    def __init__(self, session: Session, who: Principal, rows: Sequence[Row], report: Report) -> None:
        self.who, self.report, self.once, self.settled = who, report, Once(report), Settled()
        self.units = Units(session, texts(rows, "unit"))
        lower = [code.lower() for code in texts(rows, "staff_code")]
        known = select(Official).join(Official.unit).options(contains_eager(Official.unit))
        mine = or_(any_of(Official.id, texts(rows, "id")), any_of(func.lower(Official.staff_code), lower))
        found = session.scalars(
            known.where(mine).order_by(Official.id).with_for_update(of=Official, key_share=True)
        )
        self.by_id = {official.id: official for official in found}
        self.by_code = {each.staff_code.lower(): each for each in self.by_id.values() if each.staff_code}

    def take(self, row: Row) -> None:
        """Make of a row what it says."""
        code = row["staff_code"]
        holder = self.by_code.get(code.lower()) if code else None
        if code and not self.once(code.lower(), row, "staff_code"):
            return
        if row["id"] is None:
            if code is None:
                vi, en = "cần mã cán bộ hoặc mã hệ thống", "a staff code or an id is needed"
                self.report(row, "staff_code", vi, en)
            elif holder is None:
                self._add(row)
            else:
                self._change(row, holder)
            return
        official = self.by_id.get(row["id"])
        if official is None:
            self.report(row, "id", "không có cán bộ mang mã hệ thống này", "there is no official with this id")
        elif holder not in (None, official):
            self.report(row, "staff_code", "mã này là của người khác", "another official has this staff code")
        elif self.once(official.id, row, "id"):
            self._change(row, official)

    def _add(self, row: Row) -> None:
        home = self._home(row)
        if not check_needed(row, COLUMNS, self.report) or home is None:
            return
        details = {name: row[name] for name in ("staff_code", "email", "phone", "home_body")}
        details["language"] = _value(row, "language")
        official = Official.known_as(home, row["full_name"], row["given_name"], **details)
        official.active = _value(row, "active")
        self.settled.created.append(official)

    def _change(self, row: Row, official: Official) -> None:
        if not check_inside(self.who, official.unit.path, row, "unit" if row.has("unit") else "id", self.report):
            return
        for name in _ALWAYS:
            if row.has(name) and row[name] is None:
                self.report(row, name, "không được để trống", "must not be empty")
        stays = not row.has("unit") or row["unit"] in (None, official.unit.code)
        home = official.unit if stays else self._home(row)
        if row.unread or home is None:
            return
        before = {name: getattr(official, name) for name in _PLAIN} | {"unit": official.unit}
        after = {name: _value(row, name) if row.has(name) else before[name] for name in _PLAIN} | {"unit": home}
        if after == before:
            self.settled.unchanged += 1
            return
        for name in set(_PLAIN) - {"full_name", "given_name"}:
            setattr(official, name, after[name])
        official.name(after["full_name"], after["given_name"])
        official.unit, official.unit_id = home, home.id
        official.version += 1
        self.settled.change(official, row)

    def _home(self, row: Row) -> Unit | None:
        if row["unit"] is None:
            return None
        unit = self.units.on(row["unit"], clock.today(), row, "unit", self.report)
        return unit if unit and check_inside(self.who, unit.path, row, "unit", self.report) else None


def _value(row: Row, name: str) -> Any:
    return _DEFAULTS.get(name) if row[name] is None else row[name]


def settle(session: Session, who: Principal, rows: Sequence[Row], report: Report) -> Settled:
    """Officials of the territory, new or known."""
    desk = _Desk(session, who, rows, report)
    with session.no_autoflush:
        for row in rows:
            desk.take(row)
    return desk.settled


def rows_of(session: Session, who: Principal, path: str | None) -> Iterator[Sequence[Any]]:
    """The officials whose home lies in the territory, by id."""
    it = Official
    first, last = (it.id, it.staff_code, it.full_name, it.given_name), (it.home_body, it.language, it.active)
    wanted = select(*first, Unit.code, it.email, it.phone, *last).join(Official.unit).order_by(Official.id)
    wanted = wanted.where(territory_filter(Unit.path, who), *with_prefix(Unit.path, path))
    for row in session.execute(wanted.execution_options(yield_per=CHUNK)):
        yield [*row[:6], _dialled(row.phone), *row[7:]]


def _dialled(number: str | None) -> str | None:
    """As people write it, with spaces: a spreadsheet then takes it for text and keeps its zero."""
    if number is None:
        return None
    shown = phonenumbers.format_number(phonenumbers.parse(number, "VN"), phonenumbers.PhoneNumberFormat.NATIONAL)
    return shown if number.startswith("+84") and phone_number(shown) == number else number


OFFICIALS = Kind("officials", "Cán bộ", "Officials", COLUMNS, settle, official_changed, rows_of)
