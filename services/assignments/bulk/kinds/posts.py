"""Posts as a sheet: known by their code; each row with the rule that holds from a day on."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.assignments.bulk.kind import Kind, Once, Settled, check_needed
from services.assignments.posts import queries
from services.assignments.posts.actions import add_post, change_post
from services.assignments.posts.model import Post
from services.assignments.posts.schemas import CODE
from services.assignments.sheets import cells
from services.assignments.sheets.table import Column, Report, Row
from shared import clock
from shared.errors import BadInput, NotFound
from shared.web.auth import Principal

COLUMNS = (
    Column("code", "Mã chức danh", cells.text(60), "Mã chức danh.", "The post's code.", "ward_adviser", True),
    Column(
        "name_vi", "Tên chức danh", cells.text(200), "Tên tiếng Việt.", "Vietnamese name.", "Cán bộ tư vấn", True
    ),
    Column("name_en", "Tên tiếng Anh", cells.text(200), "Tên tiếng Anh.", "English name.", "Adviser", True),
    Column(
        "attached_to",
        "Gắn với",
        cells.text(40),
        "province, district, commune, cluster (tiểu vùng) hoặc hamlet (ấp); không đổi được.",
        "A level's code, cluster or hamlet; stays as it is.",
        "commune",
        needed=True,
    ),
    Column(
        "several",
        "Nhiều người giữ",
        cells.flag,
        "có: nhiều người giữ cùng lúc cho một nơi.",
        "có (yes): several may hold it for one place.",
        "có",
        needed=True,
    ),
    Column("above", "Chức danh trên", cells.text(60), "Khi khuyết thì báo ai.", "Whom a vacancy falls to."),
    Column("step", "Bước", cells.whole(1, 20), "Được báo từ bước này.", "Asked from this step on.", "1"),
    Column("position", "Thứ tự", cells.whole(1, 100), "Thứ tự trong bước.", "Order within the step.", "6"),
    Column(
        "required",
        "Bắt buộc có người",
        cells.flag,
        "có: nơi nào cũng phải có người giữ.",
        "có (yes): every place needs a holder.",
        "không",
        needed=True,
    ),
    Column("source", "Căn cứ", cells.text(500), "Văn bản quy định.", "The document.", "Quyết định 12", True),
    Column(
        "valid_from",
        "Từ ngày",
        cells.day,
        "Ngày quy định này có hiệu lực; để trống là hôm nay.",
        "From this day on; today if empty.",
    ),
)
_SHOWN = tuple(column.name for column in COLUMNS)
_VALUES = tuple(name for name in _SHOWN if name not in ("code", "valid_from"))
# The rules' words are English; a sheet says where and why in both languages.
_WRONG = "không hợp quy tắc chức danh"


def settle(session: Session, who: Principal, rows: Sequence[Row], report: Report) -> Settled:
    """Posts, new or known. They are few and their rules hang together, so they go through the single actions, in
    the order of the sheet: the post above stands above."""
    settled, once = Settled(), Once(report)
    for row in rows:
        if row["code"] is None:
            report(row, "code", "bắt buộc", "needed")
        elif once(row["code"], row, "code") and not row.unread:
            _take(session, who, row, report, settled)
    return settled


def _take(session: Session, who: Principal, row: Row, report: Report, settled: Settled) -> None:
    post = session.get(Post, row["code"])
    try:
        if post is None:
            _add(session, who, row, report, settled)
        else:
            _change(session, who, post, row, report, settled)
    except (BadInput, NotFound) as error:
        name = error.field if error.field in _SHOWN else "code"
        report(row, str(name), f"{_WRONG}: {error.message}", error.message)


def _add(session: Session, who: Principal, row: Row, report: Report, settled: Settled) -> None:
    if not CODE.regex.match(row["code"]):
        report(row, "code", "mã gồm 2 đến 60 chữ a-z, số và _", "2 to 60 letters a-z, digits and underscores")
    if check_needed(row, COLUMNS, report) and not row.unread:
        given = {name: row[name] for name in (*_VALUES, "valid_from")}
        add_post(session, who, code=row["code"], **given)
        settled.created.append(row["code"])


def _change(session: Session, who: Principal, post: Post, row: Row, report: Report, settled: Settled) -> None:
    before = queries.one(session, post.code, row["valid_from"] or clock.today())
    if row["attached_to"] not in (None, before["attached_to"]):
        report(row, "attached_to", "chức danh gắn với cấp nào thì không đổi được", "this stays as it is")
    for column in COLUMNS:
        if column.needed and row.has(column.name) and row[column.name] is None:
            report(row, column.name, "không được để trống", "must not be empty")
    if row.unread:
        return
    wanted = {name: row[name] for name in _VALUES if row.has(name) and name != "attached_to"}
    changes = {name: value for name, value in wanted.items() if value != before[name]}
    if changes:
        change_post(session, who, post, changes | {"valid_from": row["valid_from"]})
        settled.changed.append(post.code)
    else:
        settled.unchanged += 1


def rows_of(session: Session, who: Principal, path: str | None) -> Iterator[Sequence[Any]]:
    """The posts in force today, by code; they are the same everywhere."""
    for row in queries.on(session, clock.today()):
        yield [getattr(row, name) for name in _SHOWN]


POSTS = Kind("posts", "Chức danh", "Posts", COLUMNS, settle, None, rows_of, everywhere=True)
