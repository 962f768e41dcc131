"""How the moves of an issue read in Vietnamese and English. Pure."""

from collections.abc import Mapping
from typing import Any

_MOVES = {
    "accept": ("{who} đã tiếp nhận xử lý", "{who} accepted it"),
    "assign": ("{who} đã giao cho {handler}", "{who} assigned it to {handler}"),
    "discuss": ("{who} đã bàn hướng giải quyết", "{who} discussed a solution"),
    "start": ("{who} đang giải quyết", "{who} is working on it"),
    "resolve": ("{who} báo đã giải quyết", "{who} says it is resolved"),
    "verify": ("Phía phản ánh xác nhận đã giải quyết", "The side that reported it confirms that it is resolved"),
    "reopen": ("{who} mở lại", "{who} opened it again"),
    "reject": ("{who} từ chối", "{who} rejected it"),
    "merge": ("{who} gộp vào {into}", "{who} merged it into {into}"),
    "wait": ("{who} tạm dừng, chờ bổ sung thông tin", "{who} paused it, waiting for information"),
    "resume": ("{who} tiếp tục", "{who} took it up again"),
    "de_escalate": ("{who} chuyển xuống cấp {step}", "{who} stepped back to step {step}"),
}


def moved(actor: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """The line for a move; `data` has the shape that `issues.actions.move` writes."""
    vi, en = _MOVES[data["move"]]
    named = {
        "handler": data.get("handler", {}).get("name", ""),
        "into": data.get("into", {}).get("code", ""),
        "step": data["step"],
    }
    who = actor or data["client"]
    return _whole(vi.format(who=who, **named), data, _VI), _whole(en.format(who=who, **named), data, _EN)


def _whole(said: str, data: Mapping[str, Any], words: Mapping[str, str]) -> str:
    more = [f"{words[name]}: {data[name]}" for name in words if data.get(name) is not None]
    return f"{said}. {'. '.join(more)}" if more else f"{said}."


_VI = {"reason": "Lý do", "text": "Nội dung", "rating": "Mức hài lòng (1–5)"}
_EN = {"reason": "Reason", "text": "What", "rating": "Satisfaction (1–5)"}
