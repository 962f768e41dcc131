"""HTTP gateways as the operator describes them, without code: what to send, and what the answers mean. Pure.

A file of JSON: {"gateways": [{"name": "esms", "channel": "sms", "weight": 1,
  "request": {"method": "POST", "url": "https://…", "headers": {…}, "json": {"to": "{phone}", "content": "{text}"}},
  "answers": [{"status": [200], "field": "CodeResult", "is": ["100"], "means": "accepted"}, …],
  "message_id": "SMSID"}]}

Values go in by name: phone, phone_local, text, text_ascii, name, code, link, id. They are put into parsed JSON,
form fields and percent-encoded parts of the address, so no text of theirs can end the place it stands in.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson

from services.notifications.deliveries.calls import Answer, Call
from services.notifications.deliveries.rules import (
    DeliveryFailure,
    PermanentFailure,
    ProviderTrouble,
    TemporaryFailure,
)
from services.notifications.notifications.rules import Channel

CHANNELS = (Channel.SMS, Channel.ZALO)
NAMES = frozenset({"phone", "phone_local", "text", "text_ascii", "name", "code", "link", "id"})
_SLOT = re.compile(r"\{([a-z_]+)\}")
_METHODS = ("GET", "POST", "PUT")


class Meaning(StrEnum):
    """What an answer says of the message."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"  # try again later
    PERMANENT = "permanent"  # this message will never do
    TROUBLE = "trouble"  # the gateway takes nothing now: wrong credentials, no credit


@dataclass(frozen=True)
class Sign:
    """An answer with one of these statuses and, if a field is named, one of these values there."""

    means: Meaning
    status: tuple[int, ...] = ()
    field: str = ""
    values: tuple[str, ...] = ()

    def fits(self, status: int, said: Any) -> bool:
        """Whether an answer bears it; `said` is its parsed body."""
        if self.status and status not in self.status:
            return False
        return not self.field or str(_at(said, self.field)) in self.values


@dataclass(frozen=True)
class Gateway:
    """One gateway."""

    name: str
    channel: Channel
    weight: int
    method: str
    url: str
    headers: Mapping[str, str]
    json: Any
    form: Mapping[str, str] | None
    answers: tuple[Sign, ...]
    message_id: str

    def request(self, values: Mapping[str, str]) -> Call:
        """The request of one message."""
        url = _SLOT.sub(lambda found: quote(values[found[1]], safe=""), self.url)
        headers = {name: _filled(value, values) for name, value in self.headers.items()}
        if self.json is not None:
            return Call(
                self.method,
                url,
                {"Content-Type": "application/json"} | headers,
                orjson.dumps(_filled(self.json, values)),
            )
        if self.form is not None:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            return Call(self.method, url, kind | headers, urlencode(_filled(self.form, values)).encode())
        return Call(self.method, url, headers)

    def judge(self, answer: Answer) -> tuple[DeliveryFailure | None, str]:
        """What an answer means, and what to remember of it: the id the gateway gave the message, or its words."""
        try:
            said: Any = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            said = None
        means = next((sign.means for sign in self.answers if sign.fits(answer.status, said)), usual(answer.status))
        words = f"{answer.status} {answer.text}".strip()
        if means is Meaning.ACCEPTED:
            given = _at(said, self.message_id) if self.message_id else None
            return None, f"id {given}" if given is not None else words
        return {
            Meaning.TEMPORARY: TemporaryFailure,
            Meaning.PERMANENT: PermanentFailure,
            Meaning.TROUBLE: ProviderTrouble,
        }[means](words, answer.status), words


def usual(status: int) -> Meaning:
    """What a status means where the operator has said nothing."""
    if 200 <= status <= 299:
        return Meaning.ACCEPTED
    if status in (401, 402, 403, 404, 405, 429) or 300 <= status <= 399 or status >= 500:
        return Meaning.TROUBLE  # of the gateway, or the operator's to mend: no message may be given up for it
    return Meaning.TEMPORARY if status in (408, 425) else Meaning.PERMANENT


def without_marks(text: str) -> str:
    """Vietnamese text in ASCII, for phones and tariffs that know no more: marks fall off, đ is d."""
    bare = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in bare if letter < "\x7f")


def parse_gateways(text: str) -> tuple[Gateway, ...]:
    """Read such a file. Raises ValueError that says where it is wrong."""
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error}") from error
    if not isinstance(given, dict) or not isinstance(given.get("gateways"), list):
        raise ValueError('expected {"gateways": […]}')
    found = tuple(_gateway(each, f"gateways[{n}]") for n, each in enumerate(given["gateways"]))
    if len({each.name for each in found}) < len(found):
        raise ValueError("two gateways have the same name")
    return found


def _gateway(given: Any, at: str) -> Gateway:
    _known(given, at, {"name", "channel", "weight", "request", "answers", "message_id"})
    request = given.get("request")
    _known(request, f"{at}.request", {"method", "url", "headers", "json", "form"})
    if given.get("channel") not in CHANNELS:
        raise ValueError(f"{at}.channel: one of {', '.join(CHANNELS)}")
    if not isinstance(given.get("name"), str) or not given["name"]:
        raise ValueError(f"{at}.name: a text")
    weight = given.get("weight", 1)
    if type(weight) is not int or not 1 <= weight <= 999:
        raise ValueError(f"{at}.weight: a whole number from 1 to 999")
    parts = urlsplit(str(request.get("url")))
    if parts.scheme not in ("http", "https") or not parts.hostname or _SLOT.search(parts.netloc):
        raise ValueError(f"{at}.request.url: http://… or https://…, the host without slots")
    if request.get("method", "POST") not in _METHODS:
        raise ValueError(f"{at}.request.method: one of {', '.join(_METHODS)}")
    if "json" in request and "form" in request:
        raise ValueError(f"{at}.request: json or form, not both")
    for name in ("headers", "form"):
        if not all(isinstance(value, str) for value in dict(request.get(name) or {}).values()):
            raise ValueError(f"{at}.request.{name}: texts")
    if unknown := set(_SLOT.findall(orjson.dumps(request).decode())) - NAMES:
        raise ValueError(f"{at}.request: unknown slot {{{min(unknown)}}}; known are {', '.join(sorted(NAMES))}")
    return Gateway(
        name=given["name"],
        channel=Channel(given["channel"]),
        weight=weight,
        method=request.get("method", "POST"),
        url=request["url"],
        headers=dict(request.get("headers") or {}),
        json=request.get("json"),
        form=request.get("form"),
        answers=tuple(_sign(each, f"{at}.answers[{n}]") for n, each in enumerate(given.get("answers", []))),
        message_id=str(given.get("message_id", "")),
    )


def _sign(given: Any, at: str) -> Sign:
    _known(given, at, {"means", "status", "field", "is"})
    if given.get("means") not in set(Meaning):
        raise ValueError(f"{at}.means: one of {', '.join(Meaning)}")
    status, values = given.get("status", []), given.get("is", [])
    if not isinstance(status, list) or not all(type(each) is int for each in status):
        raise ValueError(f"{at}.status: a list of numbers")
    if not isinstance(values, list) or bool(values) != bool(given.get("field")):
        raise ValueError(f"{at}: field and is go together, is with a list of values")
    return Sign(Meaning(given["means"]), tuple(status), given.get("field", ""), tuple(str(each) for each in values))


def _known(given: Any, at: str, names: set[str]) -> None:
    if not isinstance(given, dict):
        raise ValueError(f"{at}: an object")
    if unknown := given.keys() - names:
        raise ValueError(f"{at}: unknown {min(unknown)}; known are {', '.join(sorted(names))}")


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    if isinstance(template, str):
        return _SLOT.sub(lambda found: values[found[1]], template)
    if isinstance(template, dict):
        return {name: _filled(value, values) for name, value in template.items()}
    return [_filled(each, values) for each in template] if isinstance(template, Sequence) else template


def _at(said: Any, path: str) -> Any:
    """The value at a dotted path, None if there is none; whole numbers stand for places in lists."""
    for step in path.split("."):
        if isinstance(said, dict):
            said = said.get(step)
        elif isinstance(said, list) and step.isdigit() and int(step) < len(said):
            said = said[int(step)]
        else:
            return None
    return said
