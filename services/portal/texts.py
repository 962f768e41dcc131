"""What the pages say, in Vietnamese and English, and which of the two a visitor gets."""

from datetime import datetime
from uuid import UUID

from flask import request

from shared.clock import LOCAL

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}

TEXTS: dict[str, tuple[str, str]] = {
    "brand": ("Cầu Nối", "Cầu Nối"),
    "tagline": (
        "Cầu nối hai chiều giữa cán bộ tỉnh, huyện và cơ sở",
        "A two-way bridge between the province's officials and the grassroots",
    ),
    "skip": ("Đến nội dung chính", "Skip to the content"),
    # Overview
    "about": (
        "Vấn đề cấp bách ở xã, phường được chuyển ngay đến đúng những người được phân công theo dõi địa bàn; "
        "mỗi người biết vì sao mình được báo và xác nhận đã nhận.",
        "A pressing matter in a commune reaches at once everybody assigned to follow it; "
        "each person learns why they are told, and acknowledges.",
    ),
    "state": ("Tình trạng hệ thống", "State of the system"),
    "all_well": ("Mọi phần đang hoạt động", "Every part is working"),
    "not_all_well": ("Có phần chưa hoạt động", "Some parts are not working"),
    "ok": ("hoạt động", "working"),
    "not_ok": ("chưa sẵn sàng", "not ready"),
    "unreachable": ("không trả lời", "does not answer"),
    "assignments": ("Phân công", "Assignments"),
    "assignments_about": (
        "Đơn vị, cán bộ, chức danh và ai theo dõi nơi nào",
        "Units, officials, posts, and who follows which place",
    ),
    "visits": ("Đi cơ sở", "Visits"),
    "visits_about": (
        "Vấn đề của cơ sở, chuyển lên cấp trên, diễn biến",
        "Issues from the grassroots, escalations, timelines",
    ),
    "notifications": ("Thông báo", "Notifications"),
    "notifications_about": (
        "Ai được báo, bằng cách nào, đã xác nhận chưa",
        "Who is told, how, and whether they acknowledged",
    ),
    "links": ("Dành cho người tích hợp và vận hành", "For integrators and operators"),
    "api_docs": ("Tài liệu API", "API documentation"),
    "mailbox": ("Hộp thư thử", "Built-in mailbox"),
    "mailbox_about": (
        "Chưa cấu hình máy chủ thư: thư được giữ lại ở đây để đọc",
        "No mail server is configured: mail is kept here to be read",
    ),
    "readiness": ("Kiểm tra sẵn sàng", "Readiness check"),
    "metrics": ("Số liệu vận hành", "Operating figures"),
    # Acknowledgement
    "escalated_to_you": (
        "Vấn đề tại cơ sở được chuyển đến đồng chí",
        "A matter from the grassroots has been escalated to you",
    ),
    "greeting": ("Kính gửi đồng chí", "Dear"),
    "because": ("Đồng chí được báo vì đang là:", "You are told because you are:"),
    "under": ("theo", "under"),
    "standing_in": ("thay cho", "standing in for"),
    "acknowledge": ("Xác nhận đã nhận", "Acknowledge"),
    "acknowledge_means": (
        "Bấm nút nghĩa là đồng chí đã biết vấn đề này. Thời điểm xác nhận được ghi lại và báo cho nơi chuyển.",
        "Pressing the button says that you know of this matter. The time is recorded and told to the sender.",
    ),
    "acknowledged": ("Đã xác nhận", "Acknowledged"),
    "acknowledged_at": (
        "Cảm ơn đồng chí. Xác nhận được ghi lúc",
        "Thank you. Your acknowledgement was recorded at",
    ),
    "local_time": ("giờ Việt Nam", "Việt Nam time"),
    "place": ("Nơi xảy ra", "Place"),
    "escalated": ("Chuyển lên lúc", "Escalated at"),
    "by": ("bởi", "by"),
    "step": ("bước", "step"),
    "description": ("Nội dung", "What is reported"),
    "reason": ("Lý do chuyển lên", "Why it was escalated"),
    "vacancies": ("Chưa có người phụ trách", "Posts nobody holds"),
    "link_ends": ("Liên kết này có hiệu lực đến", "This link works until"),
    # Errors
    "not_found": ("Không tìm thấy trang", "Page not found"),
    "not_found_hint": ("Địa chỉ này không có trang nào.", "There is no page at this address."),
    "link_bad": ("Liên kết không hợp lệ", "This link is not valid"),
    "link_bad_hint": (
        "Có thể liên kết bị cắt khi sao chép. Xin mở lại từ thư, hoặc chép đủ cả địa chỉ.",
        "It may have been cut when it was copied. Please open it from the mail, or copy the whole address.",
    ),
    "link_expired": ("Liên kết đã hết hạn", "This link has expired"),
    "link_expired_hint": (
        "Liên kết trong thư có hiệu lực 30 ngày. Xin liên hệ người phụ trách hệ thống nếu vẫn cần xác nhận.",
        "A link in a mail works for 30 days. Please contact the coordinator if you still need to acknowledge.",
    ),
    "too_many": ("Quá nhiều lần thử", "Too many attempts"),
    "too_many_hint": ("Xin chờ một phút rồi thử lại.", "Please wait a minute and try again."),
    "unavailable": ("Hệ thống tạm thời chưa trả lời", "The system does not answer just now"),
    "unavailable_hint": (
        "Chưa có gì được ghi lại. Xin thử lại sau ít phút.",
        "Nothing has been recorded. Please try again in a few minutes.",
    ),
    "error": ("Có lỗi xảy ra", "Something went wrong"),
    "error_hint": ("Lỗi đã được ghi lại để xử lý.", "It has been logged and will be looked into."),
    "home": ("Về trang đầu", "To the first page"),
    # Values
    "severity.low": ("Thấp", "Low"),
    "severity.normal": ("Bình thường", "Normal"),
    "severity.high": ("Cao", "High"),
    "severity.critical": ("Khẩn cấp", "Critical"),
    "kind.pressing": ("Bức xúc", "Pressing matter"),
    "kind.difficulty": ("Khó khăn, vướng mắc", "Difficulty"),
    "kind.proposal": ("Kiến nghị", "Proposal"),
}


class Texts:
    """The texts of one language: `t["brand"]` in templates."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._place = list(LANGUAGES).index(language)

    def __getitem__(self, name: str) -> str:
        return TEXTS[name][self._place]

    def value(self, kind: str, name: str) -> str:
        """The name of a value of the API, or the value itself where we have no name for it."""
        found = TEXTS.get(f"{kind}.{name}")
        return found[self._place] if found else name


def named(who: str) -> str | None:
    """Who did something, as people know them: an id of a program says nothing to its reader."""
    try:
        UUID(who)
    except ValueError:
        return who
    return None


def choose_language(preferred: str | None = None) -> str:
    """What the address asks for, else what we know of the person, else what the browser asks for."""
    for wanted in (request.args.get("lang"), preferred):
        if wanted in LANGUAGES:
            return wanted
    return request.accept_languages.best_match(list(LANGUAGES), "vi") or "vi"


def shown(instant: str) -> str:
    """An instant of the API as people in Việt Nam read it."""
    return datetime.fromisoformat(instant).astimezone(LOCAL).strftime("%H:%M %d/%m/%Y")
