"""Invented Vietnamese names, the same at every run."""

import random
from dataclasses import dataclass

from shared.text import fold

# About as often as they are met in the south.
_FAMILIES = {
    "Nguyễn": 30,
    "Trần": 12,
    "Lê": 11,
    "Phạm": 7,
    "Huỳnh": 6,
    "Võ": 5,
    "Phan": 5,
    "Đặng": 4,
    "Bùi": 3,
    "Đỗ": 3,
    "Hồ": 3,
    "Ngô": 2,
    "Dương": 2,
    "Lý": 1,
    "Đoàn": 1,
    "Trương": 2,
    "Mai": 1,
    "Cao": 1,
    "Thái": 1,
}
_MIDDLES = {
    "nam": ("Văn", "Hữu", "Minh", "Thanh", "Quốc", "Đức", "Hoàng", "Công", "Ngọc", "Thành", "Chí", "Trung"),
    "nữ": ("Thị", "Thị Kim", "Thị Ngọc", "Thị Mỹ", "Thị Hồng", "Thị Thu", "Ngọc", "Kim", "Thị Bé", "Thị Thanh"),
}
_GIVENS = {
    "nam": (
        *("An", "Bảo", "Bình", "Cường", "Danh", "Dũng", "Đạt", "Hải", "Hậu", "Hiếu", "Hòa", "Hùng", "Khải"),
        *("Khoa", "Lâm", "Liêm", "Long", "Lộc", "Minh", "Nam", "Nghĩa", "Nhân", "Phong", "Phúc", "Quang"),
        *("Quý", "Sơn", "Tài", "Tâm", "Thắng", "Thịnh", "Toàn", "Trí", "Trung", "Tuấn", "Vinh", "Vũ", "Xuân"),
    ),
    "nữ": (
        *("Ánh", "Bích", "Chi", "Cúc", "Dung", "Đào", "Điệp", "Giang", "Hà", "Hạnh", "Hiền", "Hoa", "Hương"),
        *("Huệ", "Lan", "Liên", "Linh", "Loan", "Mai", "Nga", "Ngân", "Nhung", "Oanh", "Phượng", "Quyên"),
        *("Sương", "Tâm", "Thảo", "Thu", "Thủy", "Trang", "Tuyết", "Vân", "Xuân", "Yến", "Ý"),
    ),
}
DOMAIN = "bentre.example"


@dataclass(frozen=True)
class Person:
    """An invented person."""

    full_name: str
    given_name: str
    email: str
    phone: str


class People:
    """Makes people, one after the other; addresses and phone numbers are unique, names need not be."""

    def __init__(self, seed: int = 2017) -> None:
        self._random = random.Random(seed)
        self._addresses: set[str] = set()
        self._phones: set[str] = set()

    def next(self) -> Person:
        """The next person."""
        sex = self._random.choices(("nam", "nữ"), (6, 4))[0]
        family = self._random.choices(list(_FAMILIES), list(_FAMILIES.values()))[0]
        middle, given = self._random.choice(_MIDDLES[sex]), self._random.choice(_GIVENS[sex])
        full_name = f"{family} {middle} {given}"
        return Person(full_name, given, self._address(given, f"{family} {middle}"), self._phone())

    def _address(self, given: str, others: str) -> str:
        initials = "".join(word[0] for word in fold(others).split())
        name, number = f"{fold(given)}.{initials}", 1
        while (address := f"{name}{number if number > 1 else ''}@{DOMAIN}") in self._addresses:
            number += 1
        self._addresses.add(address)
        return address

    def _phone(self) -> str:
        # Mobile numbers by their form.
        while (phone := f"+84990{self._random.randrange(10**6):06d}") in self._phones:
            pass
        self._phones.add(phone)
        return phone
