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
            facts.recipient("Trần Thị Sáu", reasons=[facts.reason(standing_in_for="Phạm Văn Tư")]),
        ],
    },
    Happening.VACANT: {"step": 1, "vacancies": facts.routed().data["vacancies"]},
    Happening.ACKNOWLEDGED: {"step": 1, "full_name": "Lê Văn Bảy", "channel": "email"},
    Happening.UNREACHED: {"step": 1, "full_name": "Lê Văn Bảy", "channel": "email", "reason": "550 5.1.1"},
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
        "Trần Thị Sáu (Cán bộ tỉnh theo dõi xã, Xã Bình Phú, thay Phạm Văn Tư).",
        "Told 2 people: Lê Văn Bảy (Commune follower, Xã Bình Phú); "
        "Trần Thị Sáu (Commune follower, Xã Bình Phú, for Phạm Văn Tư).",
    ),
    Happening.VACANT: Line(
        "Chức danh đang khuyết: Cán bộ phụ trách tiểu vùng, Tiểu vùng 1.",
        "Vacant: Cluster overseer, Tiểu vùng 1.",
    ),
    Happening.ACKNOWLEDGED: Line("Lê Văn Bảy đã xác nhận đã nắm thông tin.", "Lê Văn Bảy acknowledged."),
    Happening.UNREACHED: Line(
        "Không gửi được cho Lê Văn Bảy qua email: 550 5.1.1", "Could not reach Lê Văn Bảy by email: 550 5.1.1"
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
