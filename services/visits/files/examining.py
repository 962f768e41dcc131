"""What an uploaded file really is, and what is kept of it."""

import hashlib
from dataclasses import dataclass

from services.visits.files import archives, pictures, rules
from services.visits.files.rules import Refused
from shared.errors import BadInput

__all__ = ["Examined", "examine"]


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept: its bytes cleaned, its name clean and fitting its type."""

    type: str
    name: str
    data: bytes
    thumbnail: bytes | None
    sha256: str


def examine(raw: bytes, name: str, limit: int) -> Examined:
    """Look into a file; raises BadInput naming `file` for what is not kept here."""
    try:
        if not raw:
            raise Refused("The file is empty.")
        if len(raw) > limit:
            raise Refused(f"The file is larger than {limit // 2**20} MiB.")
        if rules.from_telephone(raw):
            raise Refused(rules.TELEPHONE_HINT)
        type_ = rules.sniffed(raw) or archives.kind_of(raw)
        if type_ is None:
            raise Refused(f"Files of this kind are not kept; these are: {', '.join(rules.SHOWN)}.")
        clean = rules.clean_name(name, type_)
        if type_ not in rules.PICTURES:
            return Examined(type_, clean, raw, None, hashlib.sha256(raw).hexdigest())
        data, thumbnail = pictures.cleaned(raw, type_)
        return Examined(type_, clean, data, thumbnail, hashlib.sha256(data).hexdigest())
    except Refused as refused:
        raise BadInput(str(refused), field="file") from refused
