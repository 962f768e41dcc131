"""Gateways described without code: what is sent, and what answers mean."""

import json
from typing import Any

import pytest

from services.notifications.deliveries.calls import Answer, is_allowed
from services.notifications.deliveries.gateways import Gateway, parse_gateways, without_marks
from services.notifications.deliveries.rules import (
    DeliveryFailure,
    PermanentFailure,
    ProviderTrouble,
    TemporaryFailure,
)
from services.notifications.settings import networks

ESMS: dict[str, Any] = {
    "name": "esms",
    "channel": "sms",
    "request": {
        "url": "https://gw.example/send?to={phone}",
        "headers": {"Authorization": "Bearer s3cret"},
        "json": {"Content": "{text}", "Phone": "{phone_local}", "Nested": [{"id": "{id}"}]},
    },
    "answers": [
        {"status": [200], "field": "CodeResult", "is": ["100"], "means": "accepted"},
        {"status": [200], "field": "CodeResult", "is": [103], "means": "trouble"},
        {"status": [200], "field": "Errors.0.code", "is": ["phone"], "means": "permanent"},
        {"status": [200], "means": "temporary"},
    ],
    "message_id": "SMSID",
}
VALUES = {
    "phone": "+84912345678", "phone_local": "0912345678", "text": 'Cống "ngăn mặn" & hỏng\n', "text_ascii": "a",
    "name": "An", "code": "BT-1", "link": "https://x/y", "id": "7",
}  # fmt: skip


def gateway(**changes: Any) -> Gateway:
    """One gateway out of a file."""
    (found,) = parse_gateways(json.dumps({"gateways": [ESMS | changes]}))
    return found


def test_values_go_where_they_stand_and_nowhere_else() -> None:
    """JSON stays JSON, an address stays one address, whatever the text holds."""
    call = gateway().request(VALUES)
    assert call.url == "https://gw.example/send?to=%2B84912345678" and call.method == "POST"
    assert json.loads(call.body) == {"Content": VALUES["text"], "Phone": "0912345678", "Nested": [{"id": "7"}]}
    assert call.headers == {"Content-Type": "application/json", "Authorization": "Bearer s3cret"}
    form = gateway(request={"url": "http://gw/", "form": {"m": "{text}"}}).request(VALUES)
    assert form.body == b"m=C%E1%BB%91ng+%22ng%C4%83n+m%E1%BA%B7n%22+%26+h%E1%BB%8Fng%0A"


@pytest.mark.parametrize(
    ("status", "body", "kind", "remembered"),
    [
        (200, '{"CodeResult": "100", "SMSID": 42}', None, "id 42"),
        (200, '{"CodeResult": 100, "SMSID": "x"}', None, "id x"),
        (200, '{"CodeResult": "103"}', ProviderTrouble, "103"),
        (200, '{"Errors": [{"code": "phone"}]}', PermanentFailure, "phone"),
        (200, "not json", TemporaryFailure, "not json"),
        (400, "bad number", PermanentFailure, "bad number"),
        (401, "", ProviderTrouble, "401"),
        (302, "", ProviderTrouble, "302"),
        (429, "", ProviderTrouble, "429"),
        (503, "", ProviderTrouble, "503"),
        (408, "", TemporaryFailure, "408"),
    ],
)
def test_answers_mean_what_the_operator_says(
    status: int, body: str, kind: type[DeliveryFailure] | None, remembered: str
) -> None:
    """The first sign that fits decides; without one the status does."""
    failure, words = gateway().judge(Answer(status, {}, body.encode(), 0.1))
    assert type(failure) is (kind or type(None)) and remembered in words


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"channel": "email"}, "channel"),
        ({"weight": 0}, "weight"),
        ({"name": ""}, "name"),
        ({"x": 1}, "unknown x"),
        ({"request": {"url": "ftp://x"}}, "url"),
        ({"request": {"url": "https://{phone}/"}}, "url"),
        ({"request": {"url": "https://x/{secret}"}}, "unknown slot {secret}"),
        ({"request": {"url": "https://x", "method": "DELETE"}}, "method"),
        ({"request": {"url": "https://x", "json": {}, "form": {}}}, "not both"),
        ({"answers": [{"means": "maybe"}]}, "means"),
        ({"answers": [{"means": "accepted", "field": "a"}]}, "together"),
        ({"answers": [{"means": "accepted", "status": ["200"]}]}, "status"),
    ],
)
def test_a_wrong_description_is_refused_with_its_place(change: dict[str, Any], said: str) -> None:
    """Before anything starts."""
    with pytest.raises(ValueError, match=said):
        gateway(**change)


@pytest.mark.parametrize("text", ["", "[]", '{"gateways": 1}', '{"gateways": [1]}'])
def test_what_describes_no_gateways_is_refused(text: str) -> None:
    """Not JSON, or another shape."""
    with pytest.raises(ValueError, match=r"."):
        parse_gateways(text)


def test_text_for_old_phones() -> None:
    """Marks fall off, đ is d, what has no like is left out."""
    assert without_marks("Đã hỏng cống – Xã Mỹ Thạnh 🌊") == "Da hong cong  Xa My Thanh "


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("8.8.8.8", True), ("10.0.0.1", False), ("127.0.0.1", False), ("169.254.169.254", False), ("::1", False),
        ("fe80::1%eth0", False), ("::ffff:10.0.0.1", False), ("::ffff:8.8.8.8", True), ("0.0.0.0", False),
        ("224.0.0.1", False), ("10.1.2.3", True), ("100.64.0.1", False), ("fd00::1", False),
    ],
)  # fmt: skip
def test_only_public_addresses_and_those_allowed(address: str, good: bool) -> None:
    """No private, loopback, link-local or mapped address, unless its network is allowed."""
    assert is_allowed(address, networks("10.1.0.0/16, 192.168.7.0/24")) is good
