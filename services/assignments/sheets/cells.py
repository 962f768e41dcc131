"""Single cells: what each kind of value reads from, and how text is kept from running as a formula. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from shared.text import CONTROL, LINE_BREAK, fold, nfc


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that holds no plain value: a formula, an error, a time of day; says so twice."""

    reason_vi: str
    reason_en: str


Raw = str | date | Odd  # a cell as it was found; empty is ""


class Wrong(ValueError):
    """A cell cannot be read as what its column holds; says why in Vietnamese and in English."""

    def __init__(self, reason_vi: str, reason_en: str) -> None:
        self.reason_vi, self.reason_en = reason_vi, reason_en
        super().__init__(reason_en)


Reader = Callable[[str | date], Any]

# A spreadsheet takes a text that begins so for a formula, also out of a CSV (OWASP, CSV injection). The apostrophe
# is the spreadsheets' own mark for "text"; a text that begins with apostrophes before such a letter gets one more,
# so that every text comes back as it was.
_RUNS = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
FORMULA = Odd(
    "ô chứa công thức; hãy dán giá trị (hoặc thêm dấu ' ở đầu nếu là chữ)",
    "the cell holds a formula; paste its value (or put ' before it if it is text)",
)
_HARMLESS = re.compile(r"\+[0-9][0-9 .()-]*\Z|-(\s|\Z)")


def guarded(text: str) -> str:
    """A text as it is written into a cell."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(text: str, *, typed: bool = True) -> Raw:
    """The text of a cell. `typed` is False for CSV, which cannot say what is text and what runs: there a text that
    would run is a formula, unless it is a phone number or begins with a dash and a space."""
    if _GUARDED.match(text):
        return text[1:]
    if not typed and _RUNS.match(text) and not _HARMLESS.match(text):
        return FORMULA
    return text


def text(longest: int, *, lines: bool = False) -> Reader:
    """Text in NFC, stripped; the rule is that of `shared.web.schemas.Text`."""

    def read(cell: str | date) -> str:
        if isinstance(cell, date):
            cell = f"{cell:%d/%m/%Y}"
        found = nfc(cell).strip()
        if lines:
            found = found.replace("\r\n", "\n").replace("\r", "\n")
        if CONTROL.search(found):
            raise Wrong("có ký tự điều khiển", "control characters are not allowed")
        if not lines and LINE_BREAK.search(found):
            raise Wrong("không được xuống dòng trong ô này", "line breaks are not allowed here")
        if len(found) > longest:
            raise Wrong(f"dài quá {longest} ký tự", f"longer than {longest} characters")
        return found

    return read


def day(cell: str | date) -> date:
    """A day: a date cell, dd/MM/yyyy or ISO 8601."""
    if isinstance(cell, str):
        found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2})", cell.strip(), re.ASCII)
        numbers = [int(each) for each in found.groups() if each] if found else [0, 0, 0]
        try:
            cell = date(*numbers) if found and found[4] else date(*reversed(numbers))
        except ValueError:
            raise Wrong(
                f"không phải ngày dạng dd/MM/yyyy: {_shown(cell)}", f"not a date dd/MM/yyyy: {_shown(cell)}"
            ) from None
    if not date(1900, 1, 1) <= cell <= date(2999, 12, 31):
        raise Wrong("năm phải từ 1900 đến 2999", "the year must lie between 1900 and 2999")
    return cell


def flag(cell: str | date) -> bool:
    """Yes or no."""
    answers = {"co": True, "x": True, "1": True, "true": True, "yes": True}
    answers |= {"khong": False, "0": False, "false": False, "no": False}
    found = answers.get(fold(str(cell)))
    if found is None:
        raise Wrong(f"hãy ghi có hoặc không, thay vì {_shown(cell)}", f"write có or không, not {_shown(cell)}")
    return found


def whole(least: int, most: int) -> Reader:
    """A whole number."""

    def read(cell: str | date) -> int:
        found = str(cell).strip()
        if not re.fullmatch(r"[0-9]{1,9}", found) or not least <= int(found) <= most:
            raise Wrong(
                f"phải là số nguyên từ {least} đến {most}, thay vì {_shown(cell)}",
                f"must be a whole number from {least} to {most}, not {_shown(cell)}",
            )
        return int(found)

    return read


def choice(names: Sequence[str] | Mapping[str, str]) -> Reader:
    """One of some words; of a mapping, what the word (folded) stands for."""
    known = names if isinstance(names, Mapping) else {fold(name): name for name in names}

    def read(cell: str | date) -> str:
        found = known.get(fold(str(cell)))
        if found is None:
            listed = ", ".join(dict.fromkeys(known.values()))
            raise Wrong(f"phải là một trong: {listed}", f"must be one of: {listed}")
        return found

    return read


def identifier(cell: str | date) -> UUID:
    """An id of this system."""
    try:
        return UUID(str(cell).strip())
    except ValueError:
        raise Wrong(
            f"không phải mã hệ thống (để trống nếu là dòng mới): {_shown(cell)}",
            f"not an id of this system (leave it empty for a new row): {_shown(cell)}",
        ) from None


def unit_code(cell: str | date) -> str:
    """A unit's code: 2, 3 or 5 digits."""
    found = str(cell).strip()
    if not re.fullmatch(r"[0-9]{2}|[0-9]{3}|[0-9]{5}", found):
        lost = re.fullmatch(r"[0-9]|[0-9]{4}", found)
        hint = ("; có lẽ mất số 0 ở đầu", "; perhaps its leading zero was lost") if lost else ("", "")
        raise Wrong(
            f"mã đơn vị có 2, 3 hoặc 5 chữ số, không phải {_shown(cell)}{hint[0]}",
            f"a unit's code has 2, 3 or 5 digits, unlike {_shown(cell)}{hint[1]}",
        )
    return found


def unit_codes(most: int) -> Reader:
    """Codes of units, separated by spaces, commas or semicolons."""

    def read(cell: str | date) -> list[str]:
        found = [unit_code(each) for each in re.split(r"[\s,;]+", str(cell).strip()) if each]
        if len(found) > most:
            raise Wrong(f"nhiều hơn {most} đơn vị", f"more than {most} units")
        return found

    return read


def by_rule(rule: Callable[[str], str], longest: int, reason_vi: str, reason_en: str) -> Reader:
    """Text that a rule puts into its form, or refuses with ValueError."""
    plain = text(longest)

    def read(cell: str | date) -> str:
        found = plain(cell)
        try:
            return rule(found)
        except ValueError:
            raise Wrong(f"{reason_vi}: {_shown(found)}", f"{reason_en}: {_shown(found)}") from None

    return read


def _shown(cell: object) -> str:
    found = CONTROL.sub("?", str(cell).strip())
    return f"“{found[:40]}…”" if len(found) > 40 else f"“{found}”"
