"""What can stand on a timeline, and how each line reads in Vietnamese and English. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from services.visits.timeline.answering import answered, rerouted
from services.visits.timeline.moving import moved

Data = Mapping[str, Any]


class Happening(StrEnum):
    """What happened to an issue."""

    REPORTED = "reported"
    ESCALATED = "escalated"
    TOLD = "told"
    VACANT = "vacant"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    REROUTED = "rerouted"
    UNREACHED = "unreached"
    REACHED = "reached"
    MOVED = "moved"
    RE_REPORTED = "re_reported"
    LINKED = "linked"
    UNLINKED = "unlinked"
    MERGED_IN = "merged_in"
    PROPOSAL = "proposal"
    UNIT_SUCCEEDED = "unit_succeeded"


class Line(NamedTuple):
    """One line of a timeline in both languages."""

    vi: str
    en: str


def render(kind: str, actor: str | None, data: Data) -> Line:
    """The line for a row of the timeline; `data` has the shape that `timeline.actions` writes for its kind."""
    return _LINES[Happening(kind)](actor or "", data)


def _reported(actor: str, data: Data) -> Line:
    place = ", ".join(filter(None, (data.get("hamlet_name"), data["unit_name"])))
    return Line(f"Đã tiếp nhận phản ánh từ {place}.", f"Reported from {place}.")


def _escalated(actor: str, data: Data) -> Line:
    step, reason = data["step"], data["reason"]
    return Line(f"Chuyển lên cấp {step}. Lý do: {reason}", f"Escalated to step {step}. Reason: {reason}")


def _told(actor: str, data: Data) -> Line:
    people = data["recipients"]
    if not people:
        return Line("Không có ai để báo.", "There was nobody to tell.")
    vi = "; ".join(_person(person, "post_name_vi", "thay") for person in people)
    en = "; ".join(_person(person, "post_name_en", "for") for person in people)
    count = len(people)
    return Line(f"Đã báo cho {count} người: {vi}.", f"Told {count} {_people(count)}: {en}.")


def _vacant(actor: str, data: Data) -> Line:
    posts = data["vacancies"]
    vi = "; ".join(f"{post['post_name_vi']}, {post['place']}{_away(post, 'vắng mặt')}" for post in posts)
    en = "; ".join(f"{post['post_name_en']}, {post['place']}{_away(post, 'absent')}" for post in posts)
    return Line(f"Chức danh đang khuyết: {vi}.", f"Vacant: {en}.")


def _acknowledged(actor: str, data: Data) -> Line:
    return Line(f"{actor} đã xác nhận đã nắm thông tin.", f"{actor} acknowledged.")


def _answered(actor: str, data: Data) -> Line:
    vi, en = answered(actor, data)
    return Line(vi, en)


def _rerouted(actor: str, data: Data) -> Line:
    vi = [_person(person, "post_name_vi", "thay") for person in data["recipients"]]
    en = [_person(person, "post_name_en", "for") for person in data["recipients"]]
    return Line(*rerouted(data, "; ".join(vi), "; ".join(en)))


def _unreached(actor: str, data: Data) -> Line:
    name, channel, reason = data["full_name"], data["channel"], data["reason"]
    return Line(
        f"Không gửi được cho {name} qua {channel}: {reason}",
        f"Could not reach {name} by {channel}: {reason}",
    )


def _reached(actor: str, data: Data) -> Line:
    name, channel = data["full_name"], data["channel"]
    return Line(f"Gửi lại cho {name} qua {channel}: đã tới.", f"Sent to {name} by {channel} again: it arrived.")


def _moved(actor: str, data: Data) -> Line:
    return Line(*moved(actor, data))


def _re_reported(actor: str, data: Data) -> Line:
    code = data["code"]
    return Line(f"Chưa được khắc phục; đã phản ánh lại: {code}.", f"Not fixed; reported again as {code}.")


def _linked(actor: str, data: Data) -> Line:
    vi, en = _linked_thing(data)
    return Line(f"Đã liên kết với {vi}.", f"Linked to {en}.")


def _unlinked(actor: str, data: Data) -> Line:
    vi, en = _linked_thing(data)
    return Line(f"Đã bỏ liên kết với {vi}.", f"No longer linked to {en}.")


def _linked_thing(data: Data) -> tuple[str, str]:
    vi, en = _LINKED[data["kind"]]
    named = data["label"]
    return (f"{vi} {named}", f"{en} {named}") if named else (vi, en)


def _merged_in(actor: str, data: Data) -> Line:
    code, reason = data["code"], data["reason"]
    return Line(f"{code} đã được gộp vào đây. Lý do: {reason}", f"{code} was merged into this. Reason: {reason}")


def _proposal(actor: str, data: Data) -> Line:
    vi, en = _PROPOSAL[data["move"]]
    why = data.get("reason")
    return Line(
        f"Đề xuất chung “{data['title']}”: {vi.format(actor=actor)}." + (f" Lý do: {why}" if why else ""),
        f"Joint proposal “{data['title']}”: {en.format(actor=actor)}." + (f" Reason: {why}" if why else ""),
    )


def _unit_succeeded(actor: str, data: Data) -> Line:
    """`data`: from, to (full names), effective_on, undone, check."""
    day = date.fromisoformat(data["effective_on"]).strftime("%d/%m/%Y")
    if data["undone"]:
        vi = f"Đã hủy việc sắp xếp đơn vị hành chính: trở lại {data['to']}."
        return Line(vi, f"The reorganisation was undone: back at {data['to']}.")
    vi = f"Sắp xếp đơn vị hành chính từ {day}: {data['from']} thành {data['to']}."
    en = f"Reorganised from {data['effective_on']}: {data['from']} became {data['to']}."
    if data["check"]:
        vi += " Đơn vị cũ được chia cho nhiều nơi: cần kiểm tra nơi nhận."
        en += " The old unit was split among several: check whether this is the right one."
    return Line(vi, en)


def _person(person: Data, post_name: str, instead_of: str) -> str:
    reasons = "; ".join(_reasons(person["reasons"], post_name, instead_of))
    return f"{person['full_name']} ({reasons})" if reasons else str(person["full_name"])


def _reasons(reasons: Iterable[Data], post_name: str, instead_of: str) -> Iterable[str]:
    for reason in reasons:
        stand_in = f", {instead_of} {reason['standing_in_for']}" if reason.get("standing_in_for") else ""
        away = reason.get("substitute_for")
        substitute = f", {instead_of} {away['full_name']}" if away else ""
        yield f"{reason[post_name]}, {reason['place']}{stand_in}{substitute}"


def _away(post: Data, word: str) -> str:
    return f" ({word})" if post.get("absent") else ""


def _people(count: int) -> str:
    return "person" if count == 1 else "people"


_LINKED = {
    "visit": ("chuyến đi cơ sở", "a visit"),
    "feedback": ("góp ý", "feedback"),
    "document": ("văn bản", "the document"),
    "issue": ("vấn đề", "the issue"),
}

_PROPOSAL = {
    "propose": ("{actor} đã soạn và mời ký", "{actor} drafted it and invited others to sign"),
    "sign": ("{actor} đã ký", "{actor} signed"),
    "decline": ("{actor} không ký", "{actor} declined to sign"),
    "submit": ("đã đủ chữ ký và được gửi đi", "enough have signed, and it is submitted"),
    "lapse": ("không thể đủ chữ ký nữa", "enough signatures can no longer be had"),
    "withdraw": ("{actor} đã rút lại", "{actor} withdrew it"),
    "answer": ("đã có trả lời", "it is answered"),
}

_LINES: dict[Happening, Callable[[str, Data], Line]] = {
    Happening.REPORTED: _reported,
    Happening.ESCALATED: _escalated,
    Happening.TOLD: _told,
    Happening.VACANT: _vacant,
    Happening.ACKNOWLEDGED: _acknowledged,
    Happening.ANSWERED: _answered,
    Happening.REROUTED: _rerouted,
    Happening.UNREACHED: _unreached,
    Happening.REACHED: _reached,
    Happening.MOVED: _moved,
    Happening.RE_REPORTED: _re_reported,
    Happening.LINKED: _linked,
    Happening.UNLINKED: _unlinked,
    Happening.MERGED_IN: _merged_in,
    Happening.PROPOSAL: _proposal,
    Happening.UNIT_SUCCEEDED: _unit_succeeded,
}
