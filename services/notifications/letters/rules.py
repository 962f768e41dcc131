"""What a letter says, and when it is tried again. Pure."""

import hashlib
from datetime import datetime, timedelta

from services.notifications.notices.rules import language_of, one_line, shown

LINK_SEAL = "caunoi account links v1"  # as the assignments service seals them

_LONGEST_PAUSE = timedelta(minutes=10)

_SUBJECTS = {
    "invitation": ("Mời đồng chí dùng Cầu Nối", "You are invited to Cầu Nối"),
    "reset": ("Đặt lại mật khẩu Cầu Nối", "Choose a new password for Cầu Nối"),
    "password_changed": ("Mật khẩu Cầu Nối đã được đổi", "Your password for Cầu Nối was changed"),
    "second_factor_off": ("Xác thực hai bước đã được tắt", "Your second factor was turned off"),
}
_TEXTS = {
    "invitation": (
        """Kính gửi đồng chí {name},

Đồng chí được mời dùng Cầu Nối. Xin mở liên kết sau để đặt mật khẩu:

{link}

Liên kết dùng được một lần, đến {until} (giờ Việt Nam). Xin không chuyển thư này cho người khác.
""",
        """Dear {name},

You are invited to use Cầu Nối. Please open this link to choose a password:

{link}

It works once, until {until} (Việt Nam time). Please do not pass this mail on.
""",
    ),
    "reset": (
        """Kính gửi đồng chí {name},

Có yêu cầu đặt lại mật khẩu Cầu Nối của đồng chí. Nếu đúng là đồng chí, xin mở liên kết sau:

{link}

Liên kết dùng được một lần, đến {until} (giờ Việt Nam). Nếu không phải đồng chí yêu cầu, xin bỏ qua thư này;
mật khẩu vẫn như cũ.
""",
        """Dear {name},

Somebody asked for a new password for your account of Cầu Nối. If it was you, please open this link:

{link}

It works once, until {until} (Việt Nam time). If it was not you, please ignore this mail; your password stays as
it is.
""",
    ),
    "password_changed": (
        """Kính gửi đồng chí {name},

Mật khẩu Cầu Nối của đồng chí vừa được đổi, và mọi thiết bị đã được đăng xuất.

Nếu đúng là đồng chí đã đổi thì không cần làm gì thêm. Nếu không phải, xin đặt lại mật khẩu ngay tại

{link}

và báo cho người quản trị của đơn vị.
""",
        """Dear {name},

The password of your account of Cầu Nối has just been changed, and every device has been signed out.

If you did this, there is nothing more to do. If it was not you, please choose a new password at once at

{link}

and tell your administrator.
""",
    ),
    "second_factor_off": (
        """Kính gửi đồng chí {name},

Xác thực hai bước của tài khoản Cầu Nối vừa được tắt: từ nay chỉ cần mật khẩu để đăng nhập.

Nếu đúng là đồng chí đã tắt thì không cần làm gì thêm. Nếu không phải, xin đặt lại mật khẩu ngay tại

{link}

và báo cho người quản trị của đơn vị.
""",
        """Dear {name},

The second factor of your account of Cầu Nối has just been turned off: from now on a password is enough to sign in.

If you did this, there is nothing more to do. If it was not you, please choose a new password at once at

{link}

and tell your administrator.
""",
    ),
}
_FOOTER = (
    "\n-- \nCầu Nối gửi thư này tự động; xin không trả lời vào địa chỉ gửi.\n",
    "\n-- \nCầu Nối sends this mail by itself; please do not answer it.\n",
)


def digest_of(address: str) -> str:
    """Under which the assignments service names an address without saying it."""
    return hashlib.sha256(address.strip().casefold().encode()).hexdigest()


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 15, 30, 60 … seconds."""
    return min(timedelta(seconds=15 * 2 ** min(max(attempts - 1, 0), 10)), _LONGEST_PAUSE)


def written(kind: str, language: str | None, name: str, link: str, expires_at: datetime) -> tuple[str, str]:
    """Subject and text, in the reader's language."""
    place = 0 if language_of(language) == "vi" else 1
    text = _TEXTS[kind][place].format(name=one_line(name), link=link, until=shown(expires_at))
    return _SUBJECTS[kind][place], text + _FOOTER[place]


def is_known(kind: str) -> bool:
    """Whether we have words for this kind."""
    return kind in _TEXTS
