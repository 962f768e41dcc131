"""What the pages about accounts say, in Vietnamese and English."""

ACCOUNT_TEXTS: dict[str, tuple[str, str]] = {
    "sign_in": ("Đăng nhập", "Sign in"),
    "sign_out": ("Đăng xuất", "Sign out"),
    "my_account": ("Tài khoản", "My account"),
    "email": ("Thư điện tử", "E-mail"),
    "password": ("Mật khẩu", "Password"),
    "current_password": ("Mật khẩu hiện tại", "Current password"),
    "new_password": ("Mật khẩu mới", "New password"),
    "new_password_again": ("Nhập lại mật khẩu mới", "The new password again"),
    "password_hint": (
        "Ít nhất 12 ký tự. Một câu dễ nhớ là tốt nhất; không cần chữ hoa, số hay ký tự đặc biệt.",
        "At least 12 characters. A sentence that is easy to remember is best; no special characters are needed.",
    ),
    "choose_password": ("Đặt mật khẩu", "Choose a password"),
    "change_password": ("Đổi mật khẩu", "Change password"),
    "change_password_hint": (
        "Sau khi đổi, đồng chí phải đăng nhập lại ở mọi nơi.",
        "You will have to sign in again, everywhere.",
    ),
    "save": ("Lưu", "Save"),
    "sign_in_with": ("Đăng nhập bằng", "Sign in with"),
    "not_vouched": (
        "Chưa đăng nhập được: hệ thống kia không xác nhận, hoặc đồng chí chưa được mời dùng Cầu Nối.",
        "This did not work: the other system does not vouch for you, or you were not invited to Cầu Nối.",
    ),
    "forgot": ("Quên mật khẩu?", "Forgot your password?"),
    "send_link": ("Gửi liên kết", "Send a link"),
    "forgot_hint": (
        "Nhập địa chỉ thư đã đăng ký; liên kết đặt lại mật khẩu sẽ được gửi đến đó.",
        "Enter the address you were invited by; a link to choose a new password goes there.",
    ),
    "reset_sent": ("Đã ghi nhận", "Noted"),
    "reset_sent_hint": (
        "Nếu địa chỉ này có tài khoản, thư kèm liên kết sẽ đến trong ít phút. Liên kết dùng được trong một giờ.",
        "If there is an account with this address, a mail with a link is on its way. It works for an hour.",
    ),
    "password_set": ("Đã đặt mật khẩu", "Your password is set"),
    "password_set_hint": ("Xin đăng nhập bằng mật khẩu mới.", "Please sign in with it."),
    "link_used": ("Liên kết đã dùng hoặc hết hạn", "This link was used, or is too old"),
    "link_used_hint": (
        "Mỗi liên kết dùng được một lần. Xin bấm “Quên mật khẩu?” ở trang đăng nhập, hoặc nhờ quản trị mời lại.",
        "A link works once. Please use “Forgot your password?” on the sign-in page, or ask to be invited again.",
    ),
    "code": ("Mã xác thực", "Code"),
    "code_hint": (
        "Nhập mã 6 số trong ứng dụng xác thực, hoặc một mã dự phòng.",
        "Enter the six digits that your authenticator shows, or a recovery code.",
    ),
    "go_on": ("Tiếp tục", "Go on"),
    # What went wrong
    "wrong_password": (
        "Thư điện tử hoặc mật khẩu không đúng.",
        "The e-mail address or the password is wrong.",
    ),
    "wrong_current": ("Mật khẩu hiện tại không đúng.", "The current password is wrong."),
    "wrong_code": ("Mã không đúng hoặc đã dùng.", "The code is wrong, or it was used already."),
    "not_the_same": ("Hai lần nhập không giống nhau.", "The two are not the same."),
    "not_accepted": ("Thông tin chưa hợp lệ.", "This is not acceptable."),
    "weak_length": ("Mật khẩu cần từ 12 đến 200 ký tự.", "A password has 12 to 200 characters."),
    "weak_common": (
        "Nhiều người dùng mật khẩu này nên rất dễ bị đoán.",
        "Many people use this password, so it is easily guessed.",
    ),
    "weak_pattern": (
        "Ký tự lặp lại hoặc theo dãy rất dễ bị đoán.",
        "Repetitions and rows of characters are easily guessed.",
    ),
    "weak_about_you": (
        "Mật khẩu chỉ gồm tên, địa chỉ thư hoặc tên hệ thống.",
        "It is made of your name, your address or the name of this system.",
    ),
    # My account
    "you_act_as": ("Đồng chí có thể làm việc với tư cách", "You may act as"),
    "no_capacity": (
        "Hiện đồng chí chưa được phân công hay giao vai trò nào.",
        "At present you hold no assignment and no role.",
    ),
    "capacity.posts": ("Cán bộ được phân công", "Official with assignments"),
    "capacity.administrator": ("Quản trị hệ thống", "Administrator"),
    "capacity.coordinator": ("Điều phối (Ban Tổ chức)", "Coordinator"),
    "capacity.auditor": ("Kiểm tra, giám sát", "Auditor"),
    "signed_in_at": ("Nơi đang đăng nhập", "Where you are signed in"),
    "since": ("từ", "since"),
    "last_seen": ("dùng lần cuối", "last used"),
    "end_here": ("Đăng xuất nơi này", "Sign out there"),
    "everywhere": ("Đăng xuất mọi nơi", "Sign out everywhere"),
    "second_factor": ("Xác thực hai bước", "Second factor"),
    "second_factor_on": (
        "Đang bật: khi đăng nhập cần thêm mã từ ứng dụng xác thực. Số mã dự phòng còn lại:",
        "On: signing in takes a code of your authenticator, too. Recovery codes left:",
    ),
    "second_factor_off": (
        "Đang tắt. Nên bật để người biết mật khẩu cũng không vào được tài khoản.",
        "Off. Turn it on, so that somebody who knows your password does not get in.",
    ),
    "turn_on": ("Bật", "Turn on"),
    "turn_off": ("Tắt", "Turn off"),
    "enrol": ("Thêm vào ứng dụng xác thực", "Add it to your authenticator"),
    "enrol_hint": (
        "Quét mã QR bằng ứng dụng xác thực; nếu đang dùng điện thoại thì mở liên kết, hoặc nhập khóa bằng tay. "
        "Sau đó nhập mã 6 số hiện ra.",
        "Scan the QR code with your authenticator; on the phone itself open the link, or type the key. "
        "Then enter the code it shows.",
    ),
    "qr_code": ("Mã QR cho ứng dụng xác thực", "QR code for the authenticator"),
    "open_authenticator": ("Mở ứng dụng xác thực", "Open the authenticator"),
    "key": ("Khóa", "Key"),
    "recovery": ("Mã dự phòng", "Recovery codes"),
    "recovery_hint": (
        "Xác thực hai bước đã bật. Hãy cất các mã này ở nơi an toàn: mỗi mã thay cho ứng dụng xác thực một lần. "
        "Chúng chỉ hiện lần này.",
        "The second factor is on. Keep these codes in a safe place: each stands for your authenticator once. "
        "They are shown this once.",
    ),
    "to_account": ("Về tài khoản", "To my account"),
}
