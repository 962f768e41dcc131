"""Documents that have to be read, and who has."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from services.assignments.documents.rules import LIMIT
from tests.integration.assignments.conftest import V1, Api, Desk
from tests.support import papers

BASIS = {
    "number": "182-QĐ/TU",
    "issuer": "Tỉnh ủy Bến Tre",
    "issued_on": "2016-03-14",
    "title": "Quyết định phân công cán bộ theo dõi cơ sở",
    "unit": "83",
}


def names(api: Api, path: str) -> list[str]:
    """The names on a list of officials."""
    return [each["full_name"] for each in api.items(path)]


def test_who_has_not_read_is_listed_until_they_have(api: Api, desk: Desk) -> None:
    """Of those who hold one of its posts, the ones without a reading; a second reading keeps the first's moment."""
    follower = desk.holder("commune_follower", "Nguyễn Văn An", unit="28993")
    desk.holder("district_overseer", "Trần Thị Bình", unit="834")
    document = api.made("/documents", **BASIS, posts=["commune_follower"])
    unread = f"/documents/{document['id']}/unread"
    assert names(api, unread) == ["Nguyễn Văn An"]
    first = api.made(f"/documents/{document['id']}/readings", official=follower["id"])
    again = api.made(f"/documents/{document['id']}/readings", official=follower["id"])
    assert names(api, unread) == [] and first == again


def test_what_an_official_has_yet_to_read(api: Api, desk: Desk) -> None:
    """The must-read documents that concern a post the official holds, inside the territory they apply to."""
    follower = desk.holder("commune_follower", unit="28993")
    mine = api.made("/documents", **BASIS)
    api.made("/documents", **BASIS | {"number": "2", "posts": ["provincial_leader"]})
    api.made("/documents", **BASIS | {"number": "3", "unit": "829"})
    api.made("/documents", **BASIS | {"number": "4", "must_read": False})
    listed = [each["id"] for each in api.items(f"/documents/unread?official={follower['id']}")]
    assert listed == [mine["id"]]


def test_a_document_is_found_without_diacritics(api: Api) -> None:
    """By part of its title or number."""
    api.made("/documents", **BASIS)
    assert len(api.items("/documents?q=phan cong can bo")) == 1 and api.items("/documents?q=ke hoach") == []


def test_a_document_is_registered_once(api: Api) -> None:
    """The same number of the same issuer and day is a conflict that names the field."""
    api.made("/documents", **BASIS)
    answer = api.post("/documents", BASIS)
    assert answer.status_code == 409 and "number" in answer.text


@pytest.mark.parametrize(
    ("field", "value"), [("issued_on", "2999-01-01"), ("posts", ["nobody"]), ("unit", "00"), ("url", "ftp://x")]
)
def test_bad_documents_change_nothing(api: Api, field: str, value: object) -> None:
    """The field is named."""
    answer = api.post("/documents", BASIS | {field: value})
    assert answer.status_code == 422 and field in answer.text and api.items("/documents") == []


def test_only_the_own_territory(api: Api, api_with: Callable[..., Api], desk: Desk) -> None:
    """A district sees what applies in it, the province's documents too, and of the unread only its own people."""
    desk.holder("commune_follower", "Nguyễn Văn An", unit="28993")
    desk.holder("commune_follower", "Lê Văn Chín", unit="28789")
    document = api.made("/documents", **BASIS)
    district = api_with(territories=("83/834/",))
    other = api_with(territories=("86/",))
    assert names(district, f"/documents/{document['id']}/unread") == ["Nguyễn Văn An"]
    assert other.items("/documents") == [] and other.get(f"/documents/{document['id']}").status_code == 404
    assert district.post("/documents", BASIS | {"number": "9"}).status_code == 403


def test_an_assignment_rests_on_a_registered_document(api: Api, desk: Desk) -> None:
    """Named with it, and found by it; a repealed one has to be read no more."""
    document = api.made("/documents", **BASIS)
    made = desk.assign(desk.official(), "commune_follower", unit="28993", document=document["id"])
    assert made["document"] == {name: document[name] for name in ("id", "number", "issuer", "issued_on")}
    assert [each["id"] for each in api.items(f"/assignments?document={document['id']}")] == [made["id"]]
    unread = f"/documents/unread?official={made['official']['id']}"
    assert len(api.items(unread)) == 1
    path, version = f"/documents/{document['id']}", {"If-Match": '"1"'}
    assert api("PATCH", path, {"repealed_on": "2020-01-01"}).status_code == 428
    assert api("PATCH", path, {"repealed_on": "2016-01-01"}, **version).status_code == 422
    changed = api("PATCH", path, {"repealed_on": "2020-01-01", "title": "Quyết định cũ"}, **version)
    assert changed.status_code == 200 and changed.headers["ETag"] == '"2"'
    assert api.items(unread) == [] and len(api.items("/documents?q=quyet dinh cu")) == 1


def test_who_has_read_is_listed(api: Api, desk: Desk) -> None:
    """The first ones first, with the moment."""
    document = api.made("/documents", **BASIS)
    people = [desk.holder("commune_follower", unit="28993") for _ in range(2)]
    made = [api.made(f"/documents/{document['id']}/readings", official=each["id"]) for each in people]
    assert api.items(f"/documents/{document['id']}/readings") == made


def test_a_document_has_its_file(api: Api, api_with: Callable[..., Api]) -> None:
    """What it is, is told from its bytes; it comes back as it was sent, and nothing in it may run."""
    document = api.made("/documents", **BASIS)
    path, scan = f"/documents/{document['id']}/file", papers.PDF
    assert api.get(path).status_code == 404
    kept = upload(api, path, scan, "182 QĐ\u202efdp.exe")
    assert kept.status_code == 200 and kept.json, kept.text
    assert (kept.json["type"], kept.json["size"], kept.json["name"]) == (
        "application/pdf",
        len(scan),
        "182 QĐfdp.pdf",
    )
    sent = api.get(path)
    assert sent.data == scan and sent.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert sent.headers["Content-Disposition"].startswith("attachment") and sent.mimetype == "application/pdf"
    assert api("GET", path, None, **{"If-None-Match": sent.headers["ETag"]}).status_code == 304
    shown = api.get(f"/documents/{document['id']}").json or {}
    assert shown["file"] == kept.json and shown["version"] == 2
    for data, name in (
        (b"", "a.pdf"),
        (b"MZ program", "a.pdf"),
        (papers.ooxml("word"), "a.docx"),
        (scan + b"x" * LIMIT, "a"),
    ):
        refused = upload(api, path, data, name)
        assert refused.status_code in (413, 422), refused.text
    assert upload(api_with(territories=("83/829/",)), path, scan, "a.pdf").status_code == 403
    assert upload(api_with(territories=("86/",)), path, scan, "a.pdf").status_code == 404


def test_an_official_says_so_of_themself_only(api: Api, desk: Desk, api_with: Callable[..., Api]) -> None:
    """Signed in, without the right to change what is recorded of others; a document read, a mandate studied."""
    me, other = desk.official(), desk.official()
    document = api.made("/documents", **BASIS)
    held = [desk.assign(each, "commune_follower", unit="28993") for each in (me, other)]
    mine = api_with(scopes=["assignments:read"], official=me["id"], sub=me["id"])
    readings = f"/documents/{document['id']}/readings"
    assert mine.post(readings, {"official": me["id"]}).status_code == 201
    assert mine.post(readings, {"official": other["id"]}).status_code == 403
    studied = [mine("PUT", f"/assignments/{each['id']}/mandate/reading").status_code for each in held]
    assert studied == [200, 403]
    assert [each["official"]["id"] for each in api.items(readings)] == [me["id"]]


def upload(api: Api, path: str, data: bytes, name: str) -> Any:
    """Send a file as a form does."""
    boundary, form = encode_multipart({"file": FileStorage(io.BytesIO(data), name)})
    kind = f"multipart/form-data; boundary={boundary}"
    return api.client.post(V1 + path, data=form, headers=api.headers, content_type=kind)
