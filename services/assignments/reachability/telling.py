"""What the coordinator is told of an official out of reach, in Vietnamese and English. Pure."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.assignments.reminders.rules import Reminder

Names = Sequence[str]

KIND = "official_unreached"
_WHY = {  # what notifications says in two words, as people say it; anything else is a server's own answer
    "no address": ("chưa có địa chỉ thư", "no address is known"),
    "no contact": ("chưa có thông tin liên hệ", "nothing is known of them yet"),
}


def out_of_reach(
    fact: dict[str, Any], instead: tuple[Names, Names] | None, coordinators: Sequence[tuple[UUID, str]]
) -> Reminder:
    """Of the data of escalation.unreached; `instead`: the names of those told in their place, and of those who
    knew of it already; None: nobody was sought. The same official on the same day is one reminder."""
    name, code = fact["full_name"], fact["issue_code"]
    why_vi, why_en = _WHY.get(fact["reason"], (fact["reason"], fact["reason"]))
    instead_vi, instead_en = _instead(instead, fact["to_full_name"])
    return Reminder(
        kind=KIND,
        subject_id=fact["official_id"],
        day=fact["at"],
        recipients=coordinators,
        unit_path=fact["unit_path"],
        title_vi=f"Không liên lạc được với {name}",
        title_en=f"{name} cannot be reached",
        body_vi=f"{code} không đến được với {name} qua kênh nào. Lý do: {why_vi}\n{instead_vi}\n"
        "Xin kiểm tra địa chỉ của cán bộ này, hoặc phân công người thay.",
        body_en=f"{code} did not reach {name} over any channel. Reason: {why_en}\n{instead_en}\n"
        "Please check this official's address, or let somebody stand in.",
    )


def _instead(names: tuple[Names, Names] | None, given_back_to: str | None) -> tuple[str, str]:
    if given_back_to:
        return f"Việc trở lại với {given_back_to}.", f"It is with {given_back_to} again."
    if names is None:
        return "Việc này không còn chờ ở bước ấy.", "It does not wait at that step any more."
    told, aware = (", ".join(each) for each in names)
    if told:
        return f"Đã báo cho: {told}.", f"Told instead: {told}."
    if aware:
        return (
            f"Không còn ai khác để báo; đã được báo từ trước: {aware}.",
            f"Nobody else is left to be told; told before: {aware}.",
        )
    return "Không còn ai khác để báo.", "Nobody else is left to be told."
