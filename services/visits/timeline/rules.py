"""What can stand on a timeline, and how each line reads in Vietnamese and English. Pure."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

Data = Mapping[str, Any]


class Happening(StrEnum):
    """What happened to an issue."""

    REPORTED = "reported"
    ESCALATED = "escalated"
    TOLD = "told"
    VACANT = "vacant"
    ACKNOWLEDGED = "acknowledged"
    UNREACHED = "unreached"


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
    vi = "; ".join(f"{post['post_name_vi']}, {post['place']}" for post in posts)
    en = "; ".join(f"{post['post_name_en']}, {post['place']}" for post in posts)
    return Line(f"Chức danh đang khuyết: {vi}.", f"Vacant: {en}.")


def _acknowledged(actor: str, data: Data) -> Line:
    return Line(f"{actor} đã xác nhận đã nắm thông tin.", f"{actor} acknowledged.")


def _unreached(actor: str, data: Data) -> Line:
    name, channel, reason = data["full_name"], data["channel"], data["reason"]
    return Line(
        f"Không gửi được cho {name} qua {channel}: {reason}",
        f"Could not reach {name} by {channel}: {reason}",
    )


def _person(person: Data, post_name: str, instead_of: str) -> str:
    return f"{person['full_name']} ({'; '.join(_reasons(person['reasons'], post_name, instead_of))})"


def _reasons(reasons: Iterable[Data], post_name: str, instead_of: str) -> Iterable[str]:
    for reason in reasons:
        stand_in = f", {instead_of} {reason['standing_in_for']}" if reason.get("standing_in_for") else ""
        yield f"{reason[post_name]}, {reason['place']}{stand_in}"


def _people(count: int) -> str:
    return "person" if count == 1 else "people"


_LINES: dict[Happening, Callable[[str, Data], Line]] = {
    Happening.REPORTED: _reported,
    Happening.ESCALATED: _escalated,
    Happening.TOLD: _told,
    Happening.VACANT: _vacant,
    Happening.ACKNOWLEDGED: _acknowledged,
    Happening.UNREACHED: _unreached,
}
