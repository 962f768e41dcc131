"""How the lines of a timeline read."""

from typing import Any

import pytest

from services.visits.timeline.rules import Happening, Line, render
from tests.support import facts

DATA: dict[Happening, dict[str, Any]] = {
    Happening.REPORTED: {"unit_name": "Xã Bình Phú, Thành phố Bến Tre", "hamlet_name": "Ấp 1"},
    Happening.ESCALATED: {"step": 2, "reason": "Độ mặn vượt 4‰."},
    Happening.TOLD: {
        "step": 1,
        "recipients": [
            facts.recipient("Lê Văn Bảy"),
            facts.recipient(
                "Trần Thị Sáu", reasons=[facts.reason(standing_in_for="Phạm Văn Tư", substitute_for=facts.absent())]
            ),
        ],
    },
    Happening.VACANT: {"step": 1, "vacancies": facts.routed().data["vacancies"]},
    Happening.ACKNOWLEDGED: {"step": 1, "full_name": "Lê Văn Bảy", "channel": "email"},
    Happening.ANSWERED: {"answer": "handed_over", "reason": "Tôi đi công tác.", "to": "Trần Thị Sáu"},
    Happening.REROUTED: {
        "step": 1,
        "declined_by": {"full_name": "Phạm Văn Tư"},
        "recipients": [facts.recipient("Trần Thị Sáu")],
        "vacancies": [],
    },
    Happening.UNREACHED: {"step": 1, "full_name": "Lê Văn Bảy", "channel": "email", "reason": "550 5.1.1"},
    Happening.REACHED: {"step": 1, "full_name": "Lê Văn Bảy", "channel": "email"},
    Happening.MOVED: {
        "move": "resolve",
        "from": "in_progress",
        "to": "resolved",
        "step": 0,
        "client": "cong-thong-tin-xa",
        "text": "Đã thay cửa cống",
    },
    Happening.RE_REPORTED: {"issue_id": "0199e6a2-6c1f-7c1b-9b39-0a9f5f0e7d11", "code": "BT-2026-000124"},
    Happening.LINKED: {"kind": "document", "label": "12/TB-UBND: Thông báo"},
    Happening.UNLINKED: {"kind": "visit", "label": None},
    Happening.MERGED_IN: {"code": "BT-2026-000007", "reason": "Cùng một cống."},
    Happening.PROPOSAL: {"title": "Xây cống mới", "move": "decline", "reason": "Chưa rõ nguồn vốn."},
    Happening.UNIT_SUCCEEDED: {
        "from": "Phường Cống Vị, Quận Ba Đình, Thành phố Hà Nội",
        "to": "Phường Ngọc Hà, Thành phố Hà Nội",
        "effective_on": "2025-07-01",
        "undone": False,
        "check": True,
    },
}

LINES = {
    Happening.REPORTED: Line(
        "Đã tiếp nhận phản ánh từ Ấp 1, Xã Bình Phú, Thành phố Bến Tre.",
        "Reported from Ấp 1, Xã Bình Phú, Thành phố Bến Tre.",
    ),
    Happening.ESCALATED: Line(
        "Chuyển lên cấp 2. Lý do: Độ mặn vượt 4‰.", "Escalated to step 2. Reason: Độ mặn vượt 4‰."
    ),
    Happening.TOLD: Line(
        "Đã báo cho 2 người: Lê Văn Bảy (Cán bộ tỉnh theo dõi xã, Xã Bình Phú); "
        "Trần Thị Sáu (Cán bộ tỉnh theo dõi xã, Xã Bình Phú, thay Phạm Văn Tư, thay Trần Văn Bình).",
        "Told 2 people: Lê Văn Bảy (Commune follower, Xã Bình Phú); "
        "Trần Thị Sáu (Commune follower, Xã Bình Phú, for Phạm Văn Tư, for Trần Văn Bình).",
    ),
    Happening.VACANT: Line(
        "Chức danh đang khuyết: Cán bộ phụ trách tiểu vùng, Tiểu vùng 1.",
        "Vacant: Cluster overseer, Tiểu vùng 1.",
    ),
    Happening.ACKNOWLEDGED: Line("Lê Văn Bảy đã xác nhận đã nắm thông tin.", "Lê Văn Bảy acknowledged."),
    Happening.ANSWERED: Line(
        "Lê Văn Bảy chuyển cho Trần Thị Sáu. Lý do: Tôi đi công tác.",
        "Lê Văn Bảy handed it over to Trần Thị Sáu. Reason: Tôi đi công tác.",
    ),
    Happening.REROUTED: Line(
        "Không phải việc của Phạm Văn Tư; đã báo cho: Trần Thị Sáu (Cán bộ tỉnh theo dõi xã, Xã Bình Phú).",
        "Not Phạm Văn Tư's; it falls to: Trần Thị Sáu (Commune follower, Xã Bình Phú).",
    ),
    Happening.REACHED: Line(
        "Gửi lại cho Lê Văn Bảy qua email: đã tới.", "Sent to Lê Văn Bảy by email again: it arrived."
    ),
    Happening.UNREACHED: Line(
        "Không gửi được cho Lê Văn Bảy qua email: 550 5.1.1", "Could not reach Lê Văn Bảy by email: 550 5.1.1"
    ),
    Happening.MOVED: Line(
        "Lê Văn Bảy báo đã giải quyết. Nội dung: Đã thay cửa cống",
        "Lê Văn Bảy says it is resolved. What: Đã thay cửa cống",
    ),
    Happening.RE_REPORTED: Line(
        "Chưa được khắc phục; đã phản ánh lại: BT-2026-000124.", "Not fixed; reported again as BT-2026-000124."
    ),
    Happening.LINKED: Line(
        "Đã liên kết với văn bản 12/TB-UBND: Thông báo.", "Linked to the document 12/TB-UBND: Thông báo."
    ),
    Happening.UNLINKED: Line("Đã bỏ liên kết với chuyến đi cơ sở.", "No longer linked to a visit."),
    Happening.MERGED_IN: Line(
        "BT-2026-000007 đã được gộp vào đây. Lý do: Cùng một cống.",
        "BT-2026-000007 was merged into this. Reason: Cùng một cống.",
    ),
    Happening.PROPOSAL: Line(
        "Đề xuất chung “Xây cống mới”: Lê Văn Bảy không ký. Lý do: Chưa rõ nguồn vốn.",
        "Joint proposal “Xây cống mới”: Lê Văn Bảy declined to sign. Reason: Chưa rõ nguồn vốn.",
    ),
    Happening.UNIT_SUCCEEDED: Line(
        "Sắp xếp đơn vị hành chính từ 01/07/2025: Phường Cống Vị, Quận Ba Đình, Thành phố Hà Nội thành "
        "Phường Ngọc Hà, Thành phố Hà Nội. Đơn vị cũ được chia cho nhiều nơi: cần kiểm tra nơi nhận.",
        "Reorganised from 2025-07-01: Phường Cống Vị, Quận Ba Đình, Thành phố Hà Nội became Phường Ngọc Hà, "
        "Thành phố Hà Nội. The old unit was split among several: check whether this is the right one.",
    ),
}


@pytest.mark.parametrize("kind", list(Happening))
def test_each_line_reads_in_vietnamese_and_english(kind: Happening) -> None:
    """Every kind of line has its sentence in both languages."""
    assert LINES[kind] == render(kind, "Lê Văn Bảy", DATA[kind])


def test_an_escalation_that_reached_nobody_says_so() -> None:
    """The line does not claim that no people were told of it."""
    line = render("told", None, {"step": 1, "recipients": []})
    assert Line("Không có ai để báo.", "There was nobody to tell.") == line


def test_one_person_is_not_people() -> None:
    """English has a singular."""
    assert render("told", None, {"recipients": [facts.recipient()]}).en.startswith("Told 1 person: ")
