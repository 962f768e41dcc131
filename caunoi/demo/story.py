"""Issues as communes of Bến Tre could report them, and what is broken while they are on their way."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Story:
    """An issue to report and escalate. `hamlet` is the name of one of the commune's hamlets, if it concerns one."""

    unit: str
    hamlet: str | None
    report: dict[str, Any]
    reason: str
    trouble: str | None = None  # what is broken right after it was escalated: kill_worker or wipe_redis


STORIES = (
    Story(
        unit="29101",
        hamlet=None,
        report={
            "kind": "pressing",
            "category": "irrigation_salinity",
            "severity": "critical",
            "title": "Nước mặn tràn qua cống lấy nước, lúa và vườn ươm thiếu nước ngọt",
            "description": "Từ rạng sáng, độ mặn đo tại cống lấy nước đã vượt 4‰ và còn tăng theo triều. Cửa cống "
            "bị kẹt, không đóng kín được; kênh nội đồng đã nhiễm mặn, hơn 300 ha lúa và vườn ươm thiếu nước ngọt.",
            "reporter": {"name": "Trực ban Ủy ban nhân dân xã", "contact": "02753 000 000"},
        },
        reason="Độ mặn vượt ngưỡng và cửa cống hỏng: cần đóng cống dự phòng và điều nước ngọt ngay trong ngày.",
    ),
    Story(
        unit="28993",
        hamlet=None,
        report={
            "kind": "difficulty",
            "category": "roads_bridges",
            "severity": "high",
            "title": "Cầu nông thôn bị sập nhịp giữa, học sinh và xe cứu thương không qua được",
            "description": "Nhịp giữa của cầu bê tông trên đường liên ấp sập lúc 5 giờ sáng sau khi xe tải quá tải "
            "đi qua. Không có người bị thương. Ba ấp bị chia cắt, học sinh phải đi vòng 9 km, xe cứu thương không "
            "vào được.",
        },
        reason="Xã không đủ kinh phí và thiết bị: đề nghị bố trí phà tạm và sửa cầu.",
        trouble="kill_worker",
    ),
    Story(
        unit="29230",
        hamlet="Ấp 3",  # nobody follows it yet: the vacancy falls to the post above and is reported
        report={
            "kind": "pressing",
            "category": "water",
            "severity": "high",
            "title": "Cả ấp không có nước sạch đã ba ngày",
            "description": "Trạm cấp nước tập trung ngừng hoạt động vì nguồn nước nhiễm mặn; khoảng 240 hộ phải "
            "mua nước với giá gấp nhiều lần. Trạm y tế và trường mầm non cũng không có nước.",
        },
        reason="Đã quá khả năng của xã: đề nghị chở nước ngọt đến ấp và có nguồn thay thế.",
        trouble="wipe_redis",
    ),
)

# Reported before the reform of 1 July 2025, escalated after it.
LATER = Story(
    unit="28984",
    hamlet=None,
    report={
        "kind": "difficulty",
        "category": "roads_bridges",
        "severity": "high",
        "title": "Đê bao sạt lở 60 mét, nước đã vào vườn của ba ấp",
        "description": "Đoạn đê bao dọc sông sạt lở trong đêm, dài khoảng 60 mét. Xã đã huy động dân quân gia cố "
        "tạm bằng bao cát nhưng triều cường sắp tới sẽ tràn qua.",
    },
    reason="Xã mới nhận bàn giao, chưa đủ vật tư: đề nghị hỗ trợ trước kỳ triều cường.",
)
