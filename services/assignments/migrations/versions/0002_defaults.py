"""Default levels, kinds, posts and steps: editable rows, each with its source."""

from collections.abc import Sequence

from alembic import op
from sqlalchemy import column, table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CODES = "Quyết định 124/2004/QĐ-TTg; Quyết định 19/2025/QĐ-TTg"
_FOLLOW = (
    "Kế hoạch 23, Quyết định 182, Quy định 02; hội nghị sơ kết, Cổng thông tin điện tử tỉnh Bến Tre, 12/4/2017"
)

_LEVELS = [
    ("province", 1, 2, "cấp tỉnh", "province"),
    ("district", 2, 3, "cấp huyện", "district"),
    ("commune", 3, 5, "cấp xã", "commune"),
]

_KINDS = [
    ("tinh", "province", "Tỉnh", "Province"),
    ("thanh_pho_tw", "province", "Thành phố", "Centrally run city"),
    ("quan", "district", "Quận", "Urban district"),
    ("huyen", "district", "Huyện", "Rural district"),
    ("thi_xa", "district", "Thị xã", "District-level town"),
    ("thanh_pho", "district", "Thành phố", "Provincial city"),
    ("phuong", "commune", "Phường", "Ward"),
    ("xa", "commune", "Xã", "Commune"),
    ("thi_tran", "commune", "Thị trấn", "Township"),
    ("dac_khu", "commune", "Đặc khu", "Special zone"),
]

# (code, Vietnamese, English, attached to, the post a vacancy falls to), the one above first.
_POSTS = [
    ("provincial_leader", "Lãnh đạo tỉnh", "Provincial leader", "province", None),
    (
        "district_overseer",
        "Ủy viên Ban Thường vụ Tỉnh ủy theo dõi huyện, thành phố",
        "Provincial standing committee member overseeing the district",
        "district",
        "provincial_leader",
    ),
    (
        "commune_follower",
        "Cán bộ tỉnh theo dõi xã, phường, thị trấn",
        "Provincial official following the commune",
        "commune",
        "district_overseer",
    ),
    (
        "district_standing_body",
        "Thường trực Huyện ủy, Thành ủy",
        "Standing members of the district committee",
        "district",
        "district_overseer",
    ),
    (
        "cluster_overseer",
        "Ủy viên Ban Thường vụ Huyện ủy, Thành ủy phụ trách tiểu vùng",
        "District standing committee member overseeing the cluster",
        "cluster",
        "district_standing_body",
    ),
    (
        "hamlet_follower",
        "Cán bộ huyện, thành phố theo dõi ấp, khu phố",
        "District official following the hamlet",
        "hamlet",
        "cluster_overseer",
    ),
]

_STEPS = [
    (1, 1, "commune_follower"),
    (1, 2, "district_overseer"),
    (1, 3, "cluster_overseer"),
    (1, 4, "district_standing_body"),
    (1, 5, "hamlet_follower"),
    (2, 1, "provincial_leader"),
]


def upgrade() -> None:
    _insert("levels", ("code", "rank", "code_length", "name_vi", "name_en", "source"), _LEVELS, _CODES)
    _insert("unit_kinds", ("code", "level", "name_vi", "name_en", "source"), _KINDS, _CODES)
    _insert("posts", ("code", "name_vi", "name_en", "attached_to", "above", "source"), _POSTS, _FOLLOW)
    _insert("steps", ("step", "position", "post_code", "source"), _STEPS, _FOLLOW)


def downgrade() -> None:
    for name in ("steps", "posts", "unit_kinds", "levels"):
        op.execute(table(name).delete())


def _insert(name: str, columns: tuple[str, ...], rows: Sequence[tuple[object, ...]], source: str) -> None:
    op.bulk_insert(
        table(name, *(column(each) for each in columns)),
        [dict(zip(columns, (*row, source), strict=True)) for row in rows],
    )
