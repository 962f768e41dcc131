"""What the pages say, in Vietnamese and English, and which of the two a visitor gets."""

from datetime import date, datetime
from uuid import UUID

from flask import request

from services.portal.account_texts import ACCOUNT_TEXTS
from services.portal.coordinator_texts import COORDINATOR_TEXTS
from services.portal.review_texts import REVIEW_TEXTS
from services.portal.template_texts import TEMPLATE_TEXTS
from shared.clock import LOCAL

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}

_PAGES: dict[str, tuple[str, str]] = {
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
    "in_place_of": ("thay", "in place of"),
    "absent": ("vắng mặt", "absent"),
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
    "take": ("Tôi sẽ xử lý", "I will handle it"),
    "otherwise": ("Hoặc", "Or"),
    "hand_over": ("Chuyển cho người khác…", "Hand over to somebody else…"),
    "act.handed_over": ("Chuyển", "Hand over"),
    "act.declined": ("Không phải việc của tôi", "This is not mine"),
    "act.returned": ("Trả lại", "Give it back"),
    "means.handed_over": (
        "Người nhận được báo ngay: ai chuyển và vì sao. Đồng hồ vẫn chạy cho đến khi người ấy xác nhận.",
        "They are told at once who handed it over, and why. The clock runs on until they acknowledge.",
    ),
    "means.declined": (
        "Việc được chuyển cho người phụ trách kế tiếp; nơi phân công được biết rằng phân công có thể sai.",
        "It goes to whoever is responsible next; the coordinator learns that an assignment may be wrong.",
    ),
    "means.returned": (
        "Xác nhận được rút lại và đồng hồ chạy lại từ bây giờ.",
        "The acknowledgement is taken back, and the clock runs again from now.",
    ),
    "answered.taken": ("Đồng chí nhận xử lý", "You handle it"),
    "answered.handed_over": ("Đã chuyển cho người khác", "Handed over"),
    "answered.declined": ("Đã ghi: không phải việc của đồng chí", "Noted: this is not yours"),
    "answered.returned": ("Đã trả lại; chưa ai nhận", "Given back; nobody has it"),
    "passed.handed_over": ("{by} chuyển việc này cho đồng chí", "{by} handed this over to you"),
    "passed.given_back": ("{by} trả lại việc đồng chí đã chuyển", "{by} gave back what you handed over"),
    "passed.declined": (
        "Đây không phải việc của {by}; việc này thuộc về đồng chí",
        "This is not {by}'s; it falls to you",
    ),
    "passed.unreached": (
        "Không liên lạc được với {by}; việc này chuyển đến đồng chí",
        "{by} could not be reached; this falls to you",
    ),
    "nowhere.no address": ("chưa có địa chỉ thư", "no address is known"),
    "nowhere.no contact": ("chưa có thông tin liên hệ", "nothing is known of them yet"),
    "why": ("Lý do", "Reason"),
    "reason_needed": (
        "Xin ghi lý do, ít nhất 5 chữ: người khác cần biết.",
        "Please say why, in at least 5 letters: others have to go by it.",
    ),
    "to_and_reason": (
        "Xin chọn một người trong danh sách và ghi lý do.",
        "Please choose somebody from the list, and say why.",
    ),
    "cannot_give_back": (
        "Việc này chưa được xác nhận nên không trả lại được.",
        "This is not acknowledged, so it cannot be given back.",
    ),
    "find_official": ("Tìm cán bộ theo tên", "Find an official by name"),
    "find": ("Tìm", "Find"),
    "found": ("Chọn người nhận", "Choose who gets it"),
    "responsible_here": ("Người phụ trách địa bàn", "Responsible for this place"),
    "nobody_found": (
        "Không tìm thấy ai giữ chức danh trong tỉnh có tên này.",
        "Nobody of that name holds a post in the province.",
    ),
    "back": ("Quay lại", "Back"),
    "directed.issued": ("Văn bản truyền đạt", "A directive to be passed on"),
    "directed.corrected": ("Văn bản được đính chính", "A directive was corrected"),
    "directed.recalled": ("Văn bản bị thu hồi, không còn hiệu lực", "Recalled: this does not hold any more"),
    "number": ("Số", "Number"),
    "issuer": ("Nơi ban hành", "Issued by"),
    "pass_on_by": ("Truyền đạt trước hết ngày", "To be passed on by the end of"),
    "files": ("Tài liệu kèm theo", "Documents"),
    "have_read": ("Tôi đã đọc", "I have read it"),
    "read": ("Đã báo đã đọc lúc", "You said that you had read it at"),
    "passing_on": ("Truyền đạt", "Passing it on"),
    "passed_on": ("Đã truyền đạt ngày", "Passed on"),
    "on_day": ("Ngày truyền đạt", "On which day"),
    "to_whom": ("Cho ai, ở đâu", "To whom, and where"),
    "note": ("Ghi chú (nếu có)", "Note (if any)"),
    "report_passed_on": ("Báo đã truyền đạt", "Report that I passed it on"),
    "day_and_to": (
        "Xin ghi ngày (không sau hôm nay) và đã truyền đạt cho ai.",
        "Please give the day (not after today) and to whom it was passed on.",
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
    # Grouped mail
    "many_escalated": (
        "Các vấn đề tại cơ sở được chuyển đến đồng chí",
        "Matters from the grassroots have been escalated to you",
    ),
    "matters": ("vấn đề", "matters"),
    "acknowledge_all": ("Xác nhận đã nhận tất cả", "Acknowledge all"),
    "acknowledge_all_means": (
        "Bấm nút nghĩa là đồng chí đã biết mọi vấn đề dưới đây. Thời điểm được ghi lại cho từng vấn đề.",
        "Pressing the button says that you know of every matter below. The time is recorded for each.",
    ),
    "all_acknowledged": ("Đã xác nhận tất cả. Cảm ơn đồng chí.", "All are acknowledged. Thank you."),
    "digest": ("Bản tin tổng hợp của Cầu Nối", "The digest of Cầu Nối"),
    "digest_means": (
        "Bấm nút để không nhận qua thư các thông báo không bắt buộc nữa; chúng vẫn có trong hộp thông báo.",
        "Press the button to be sent no more notices that you may do without; they stay in your inbox here.",
    ),
    "digest_never": (
        "Các vấn đề được chuyển đến đồng chí theo phân công luôn được gửi, không thể hủy nhận.",
        "Matters escalated to you by your assignments are always sent; nobody can unsubscribe from them.",
    ),
    "unsubscribe": ("Không nhận bản tin nữa", "Send me no more digests"),
    "unsubscribed": ("Đồng chí sẽ không nhận bản tin nữa.", "You will be sent no more digests."),
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
TEXTS = _PAGES | ACCOUNT_TEXTS | COORDINATOR_TEXTS | REVIEW_TEXTS | TEMPLATE_TEXTS


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


def day(text: str) -> str:
    """A day of the API as people in Việt Nam read it."""
    return date.fromisoformat(text).strftime("%d/%m/%Y")


def shown(instant: str) -> str:
    """An instant of the API as people in Việt Nam read it."""
    return datetime.fromisoformat(instant).astimezone(LOCAL).strftime("%H:%M %d/%m/%Y")
