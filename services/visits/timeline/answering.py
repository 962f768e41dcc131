"""How the answers of those told of an escalation, and whom it fell to, read in Vietnamese and English. Pure."""

from collections.abc import Mapping
from typing import Any

_ANSWERS = {
    "taken": ("{who} nhận xử lý", "{who} will handle it"),
    "handed_over": ("{who} chuyển cho {to}", "{who} handed it over to {to}"),
    "declined": ("{who}: không phải việc của mình", "{who} says that it is not theirs"),
    "returned": ("{who} trả lại; đồng hồ chạy lại", "{who} gave it back; the clock runs again"),
}
_NOWHERE = {  # why nothing could be sent; anything else is what a server answered
    "no address": ("chưa có địa chỉ thư", "no address is known"),
    "no contact": ("chưa có thông tin liên hệ", "nothing is known of them yet"),
}
_GIVEN_BACK = ("; việc trở lại với {to}", "; it is {to}'s again")


def answered(actor: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """The line for an answer; `data` has the shape that `timeline.actions.answered` writes."""
    lines = _ANSWERS[data["answer"]]
    if data["answer"] == "declined" and data["to"]:
        lines = (lines[0] + _GIVEN_BACK[0], lines[1] + _GIVEN_BACK[1])
    vi, en = (line.format(who=actor, to=data["to"]) for line in lines)
    if not data["reason"]:
        return f"{vi}.", f"{en}."
    return f"{vi}. Lý do: {data['reason']}", f"{en}. Reason: {data['reason']}"


def rerouted(data: Mapping[str, Any], told_vi: str, told_en: str) -> tuple[str, str]:
    """The line for whom it fell to; `data` has the shape that `timeline.actions.rerouted` writes, `told_vi` and
    `told_en` name its recipients. Older lines say neither `way` nor `aware`: it was declined."""
    by, unreached = data["declined_by"], data.get("way") == "unreached"
    who = by["full_name"]
    if unreached:
        why_vi, why_en = _NOWHERE.get(by["reason"], (by["reason"], by["reason"]))
        vi, en = f"Không liên lạc được với {who} ({why_vi})", f"{who} could not be reached ({why_en})"
    else:
        vi, en = f"Không phải việc của {who}", f"Not {who}'s"
    if told_vi:
        return f"{vi}; đã báo cho: {told_vi}.", f"{en}; it falls to: {told_en}."
    if aware := ", ".join(each["full_name"] for each in data.get("aware", ())):
        vi, en = f"{vi}; {aware} đã được báo từ trước", f"{en}; {aware} knew of it already"
        return f"{vi}, không còn ai khác để báo.", f"{en}, and nobody else is left."
    return f"{vi}; không còn ai khác để báo.", f"{en}, and nobody else is left."
