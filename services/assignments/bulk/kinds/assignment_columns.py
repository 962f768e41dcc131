"""The columns of a sheet of assignments."""

from services.assignments.assignments.schemas import BASIS_MAX, NOTE_MAX
from services.assignments.bulk.kind import id_column
from services.assignments.officials.schemas import NAME_MAX
from services.assignments.sheets import cells
from services.assignments.sheets.table import Column

_REF_MAX = 40  # a code, or an id of 36
COLUMNS = (
    id_column(cells.identifier),
    Column(
        "official",
        "Mã cán bộ",
        cells.text(_REF_MAX),
        "Mã cán bộ (hoặc mã hệ thống của cán bộ).",
        "The official's staff code (or id).",
        "BT-00123",
        needed=True,
    ),
    Column(
        "full_name",
        "Họ và tên",
        cells.text(NAME_MAX),
        "Chỉ để đối chiếu: nếu ghi thì phải đúng họ tên của mã cán bộ.",
        "For checking only: if it is there, it must be the name of the one with that code.",
        "Nguyễn Văn An",
    ),
    Column("post", "Chức danh", cells.text(60), "Mã chức danh.", "Code of the post.", "commune_follower", True),
    Column(
        "unit",
        "Mã đơn vị",
        cells.unit_code,
        "Mã đơn vị được phân công; với tiểu vùng là mã huyện, với ấp là mã xã.",
        "Code of the unit; of a cluster its district, of a hamlet its commune.",
        "28993",
        needed=True,
    ),
    Column(
        "place",
        "Mã tiểu vùng hoặc ấp",
        cells.text(_REF_MAX),
        "Chỉ khi chức danh gắn với tiểu vùng hoặc ấp: mã của nó trong đơn vị trên.",
        "Only for a post of a cluster or hamlet: its code within that unit (or its id).",
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
        "Ngày đầu tiên không còn hiệu lực; để trống khi chưa kết thúc.",
        "First day it is no longer in force; empty while open.",
    ),
    Column(
        "legal_basis",
        "Căn cứ",
        cells.text(BASIS_MAX),
        "Quyết định phân công.",
        "The decision it rests on.",
        "Quyết định 182-QĐ/TU",
        needed=True,
    ),
    Column(
        "scope_note",
        "Nội dung theo dõi",
        cells.text(NOTE_MAX, lines=True),
        "Nội dung theo dõi, nếu khác chức danh.",
        "What to follow, if not what the post says.",
    ),
    Column(
        "reason",
        "Lý do đính chính",
        cells.text(NOTE_MAX),
        "Chỉ khi đính chính phân công đã ghi (căn cứ, nội dung, đến ngày): lý do. Nội dung cũ vẫn được giữ.",
        "Only to correct a recorded assignment (basis, note, end): why. What it said before is kept.",
    ),
)
