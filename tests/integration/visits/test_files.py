"""Files: uploaded, attached, downloaded, cleared away; in a directory and in a bucket."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from minio import Minio
from moto.server import ThreadedMotoServer
from PIL import Image
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from services.visits.files import actions, queries
from services.visits.files.clearing import GRACE, clear, keep
from services.visits.files.examining import examine
from services.visits.files.opening import store_at
from services.visits.files.store import Directory, Missing, Store, thumbnail_key
from shared import clock
from shared.errors import BadInput
from shared.ids import uuid7
from shared.web.auth import Principal
from tests.integration.visits.conftest import BINH_PHU, DISTRICT, TOWN, Api, Places, Standing
from tests.support import facts, papers
from tests.support.tokens import bearer

V1 = "/api/visits/v1"
EVERYWHERE = Principal("tester", frozenset({"visits:read", "visits:write"}), ("",))
ELSEWHERE = Principal("tester", frozenset({"visits:read", "visits:write"}), ("86/",))
READER = Principal("tester", frozenset({"visits:read"}), ("",))


def send(
    api: Api, raw: bytes, name: str = "ảnh.jpg", *, key: str | None = None, at: tuple[str, ...] = ("",), **form: Any
) -> Any:
    """Upload a file."""
    headers = bearer(territories=at) | ({"Idempotency-Key": key} if key else {})
    boundary, data = encode_multipart({"unit": "28789", "file": FileStorage(io.BytesIO(raw), name)} | form)
    kind = f"multipart/form-data; boundary={boundary}"
    return api._client.post(f"{V1}/files", data=data, headers=headers, content_type=kind)


def uploaded(api: Api, raw: bytes | None = None, name: str = "ảnh.jpg", **form: Any) -> dict[str, Any]:
    """Upload a file; the body of the answer."""
    answer = send(api, papers.picture("JPEG") if raw is None else raw, name, **form)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def count(sessions: sessionmaker[Session], table: str) -> int:
    """How many rows there are."""
    with sessions() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_a_file_comes_back_as_it_was_kept(api: Api, places: Places) -> None:
    """What is uploaded is described, downloaded whole, and offered for saving under its Vietnamese name."""
    answer = send(api, papers.PDF, "Công văn số 1.pdf")
    file = answer.json
    assert answer.status_code == 201 and answer.headers["Location"] == f"{V1}/files/{file['id']}"
    assert (file["name"], file["type"], file["size"]) == ("Công văn số 1.pdf", "application/pdf", len(papers.PDF))
    assert (file["unit_path"], file["subject_id"], file["thumbnail"]) == (BINH_PHU, None, False)
    got = api.get(f"/files/{file['id']}")
    assert got.data == papers.PDF and got.mimetype == "application/pdf"
    disposition = got.headers["Content-Disposition"]
    assert disposition.startswith("attachment;") and quote("Công văn số 1.pdf") in disposition
    assert (
        got.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in got.headers["Content-Security-Policy"]
    )
    assert api.get(f"/files/{file['id']}/thumbnail").status_code == 404


def test_a_picture_is_kept_without_its_place(api: Api, places: Places) -> None:
    """The download has no position in it and stands upright; the small picture is WebP."""
    file = uploaded(api, papers.picture("JPEG", size=(800, 600), located=True))
    got = api.get(f"/files/{file['id']}")
    with Image.open(io.BytesIO(got.data)) as picture:
        assert picture.size == (600, 800) and not picture.getexif()
    small = api.get(f"/files/{file['id']}/thumbnail")
    assert small.mimetype == "image/webp" and small.headers["Content-Disposition"].startswith("attachment")
    with Image.open(io.BytesIO(small.data)) as picture:
        assert picture.size == (240, 320)


def test_what_is_known_already_is_not_sent_again(api: Api, places: Places) -> None:
    """The ETag is the content: 304 for who has it, yet access is checked each time."""
    file = uploaded(api)
    path = f"{V1}/files/{file['id']}"
    etag = api.get(f"/files/{file['id']}").headers["ETag"]
    again = api._client.get(path, headers=bearer() | {"If-None-Match": etag})
    assert again.status_code == 304 and again.data == b""
    outside = api._client.get(path, headers=bearer(territories=["86/"]) | {"If-None-Match": etag})
    assert outside.status_code == 404


def test_files_lie_in_a_territory(api: Api, places: Places) -> None:
    """Outside nothing is read, listed, uploaded or taken back."""
    file = uploaded(api)
    outside, inside = api.with_token(at=(DISTRICT,)), api.with_token(at=(TOWN,))
    for path in (f"/files/{file['id']}", f"/files/{file['id']}/thumbnail"):
        assert (inside.get(path).status_code, outside.get(path).status_code) == (200, 404)
    assert len(inside.get("/files").json["items"]) == 1 and outside.get("/files").json["items"] == []
    assert send(api, papers.PDF, "a.pdf", at=(DISTRICT,)).status_code == 403
    delete = api._client.delete(f"{V1}/files/{file['id']}", headers=bearer(territories=[DISTRICT]))
    assert delete.status_code == 404 and api.get(f"/files/{file['id']}").status_code == 200


@pytest.mark.parametrize(
    ("raw", "name", "form", "field"),
    [
        (b"<html>", "a.html", {}, "file"),
        (papers.PDF, "a.jpg", {}, "file"),
        (b"", "a.pdf", {}, "file"),
        (papers.PDF, "a.pdf", {"unit": "99999"}, "unit"),
        (papers.PDF, "a.pdf", {"unit": "829"}, "unit"),
        (papers.PDF, "a.pdf", {"official": str(uuid7())}, "official"),
        (papers.PDF, "a.pdf", {"official": "x"}, "official"),
        (papers.PDF, "a.pdf", {"colour": "red"}, "colour"),
        (papers.PDF + b"x" * 2**21, "a.pdf", {}, "file"),
    ],
)
def test_bad_uploads_are_refused(
    standing: Standing, raw: bytes, name: str, form: dict[str, str], field: str
) -> None:
    """The field is named, and nothing is kept."""
    answer = send(standing.api, raw, name, **form)
    assert answer.status_code == 422 and list(answer.json["errors"]) == [field], answer.text
    assert count(standing.sessions, "files") == 0 and count(standing.sessions, "stored_contents") == 0


def test_an_upload_without_a_file_is_refused(standing: Standing) -> None:
    """A form without the file, and JSON, say what is missing."""
    form = {"data": {"unit": "28789"}, "content_type": "multipart/form-data"}
    for sent in (form, {"json": {"unit": "28789"}}):
        answer = standing.api._client.post(f"{V1}/files", headers=bearer(), **sent)
        assert answer.status_code in (415, 422), answer.text


def test_only_this_route_takes_large_bodies(standing: Standing) -> None:
    """Far over the limit is refused unread; other routes still take one MiB only."""
    assert send(standing.api, papers.PDF + b"x" * (2**21 + 2**17), "a.pdf").status_code == 413
    issue = standing.api._client.post(f"{V1}/issues", json="x" * (2**20 + 1), headers=bearer())
    assert issue.status_code == 413


def test_an_upload_repeated_is_one_file(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """With an Idempotency-Key the same file in another envelope is answered the same; another file is refused."""
    first, again = send(api, papers.PDF, "a.pdf", key="k1"), send(api, papers.PDF, "a.pdf", key="k1")
    assert first.json == again.json and again.headers["Idempotent-Replay"] == "true"
    other = send(api, papers.picture("PNG"), "a.png", key="k1")
    assert other.status_code == 422 and count(visits_db, "files") == 1


def test_the_same_content_is_kept_once(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Two files of one content have one place in the store."""
    one, two = uploaded(api, papers.PDF, "a.pdf"), uploaded(api, papers.PDF, "b.pdf")
    assert one["sha256"] == two["sha256"] and one["id"] != two["id"]
    assert (count(visits_db, "files"), count(visits_db, "stored_contents")) == (2, 1)


def test_who_hands_it_in_is_kept(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """The official's name is frozen into the row."""
    from tests.integration.visits.conftest import deliver

    person = facts.official_changed(full_name="Nguyễn Văn An")
    deliver(visits_db, person)
    file = uploaded(api, official=str(person.data["official_id"]))
    assert (file["official_id"], file["official_name"]) == (str(person.data["official_id"]), "Nguyễn Văn An")
    assert file["uploaded_by"] == "tester"


def test_files_are_listed_page_by_page(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Newest first, each once; by place and by what they are attached to."""
    names = [
        uploaded(api, papers.PDF, f"{n}.pdf", unit=unit)["name"] for n, unit in enumerate(["28789", "28993"] * 2)
    ]
    seen: list[str] = []
    cursor = None
    while True:
        page = api.get("/files", limit=3, **({"cursor": cursor} if cursor else {})).json
        seen += [each["name"] for each in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == names[::-1]
    assert [each["name"] for each in api.get("/files", unit="28993").json["items"]] == ["3.pdf", "1.pdf"]
    subject, first = uuid7(), api.get("/files").json["items"][0]
    with visits_db.begin() as session:
        actions.attach(session, [UUID(first["id"])], "issue", subject)
    (found,) = api.get("/files", subject=subject).json["items"]
    assert (found["id"], found["subject_kind"], found["subject_id"]) == (first["id"], "issue", str(subject))


def test_known_names_the_file_that_is_not(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Other concepts ask for files by id: unknown ones and those outside the territory are named by their place."""
    ids = [UUID(uploaded(api)["id"]) for _ in range(2)]
    with visits_db() as session:
        assert [each.id for each in queries.known(session, ids[::-1], EVERYWHERE, "files")] == ids[::-1]
        assert queries.known(session, [], EVERYWHERE, "files") == []
        for wanted, who in ((([ids[0], uuid7()]), EVERYWHERE), (ids, ELSEWHERE)):
            with pytest.raises(BadInput) as caught:
                queries.known(session, wanted, who, "files")
            assert caught.value.field == ("files.1" if who is EVERYWHERE else "files.0")


def test_a_file_belongs_to_one_thing(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Attached again to the same it is fine, to something else it is refused, and it cannot be taken back."""
    file_id, subject = UUID(uploaded(api)["id"]), uuid7()
    for _ in range(2):
        with visits_db.begin() as session:
            actions.attach(session, [file_id, file_id], "issue", subject)
    for ids, kind, other in (
        ([file_id], "issue", uuid7()),
        ([file_id], "visit", subject),
        ([uuid7()], "issue", subject),
    ):
        with visits_db() as session, pytest.raises(BadInput, match="belongs to something else"):
            actions.attach(session, ids, kind, other)
    assert api._client.delete(f"{V1}/files/{file_id}", headers=bearer()).status_code == 409
    assert api.get(f"/files/{file_id}").status_code == 200


def test_a_restricted_file_is_hidden(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """With what is restricted goes its file: who may only read finds neither it nor its existence."""
    file_id = UUID(uploaded(api)["id"])
    with visits_db.begin() as session:
        actions.attach(session, [file_id], "issue", uuid7(), restricted=True)
    reader = api.with_token(scopes=["visits:read"])
    assert (
        reader.get(f"/files/{file_id}").status_code == reader.get(f"/files/{file_id}/thumbnail").status_code == 404
    )
    assert reader.get("/files").json["items"] == [] and api.get(f"/files/{file_id}").status_code == 200
    with visits_db() as session, pytest.raises(BadInput):
        queries.known(session, [file_id], READER, "files")


def test_a_mistake_is_taken_back(api: Api, places: Places) -> None:
    """What is attached to nothing can be dropped."""
    file = uploaded(api)
    assert api._client.delete(f"{V1}/files/{file['id']}", headers=bearer()).status_code == 204
    assert api.get(f"/files/{file['id']}").status_code == 404


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The URL of a bucket on a server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    Minio(endpoint=f"{host}:{port}", access_key="key", secret_key="se/cret", secure=False).make_bucket("files")
    yield f"s3+http://key:se%2Fcret@{host}:{port}/files"
    server.stop()


@pytest.fixture(params=["directory", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Each kind of store."""
    url = (tmp_path / "tập tin").as_uri() if request.param == "directory" else request.getfixturevalue("s3")
    return store_at(url)


def test_a_store_keeps_and_gives_and_drops(store: Store) -> None:
    """Bytes come back whole, twice put is once kept, what is dropped is missing, and dropping again is fine."""
    data = bytes(range(256)) * 4096
    for _ in range(2):
        store.put("ab" * 32, data)
    assert b"".join(store.read("ab" * 32)) == data
    for _ in range(2):
        store.remove("ab" * 32)
    with pytest.raises(Missing):
        store.read("ab" * 32)


def test_a_half_written_content_is_written_again(tmp_path: Path) -> None:
    """A file of another length under that name is replaced, and nothing else is left in its folder."""
    directory = Directory(tmp_path)
    path = tmp_path / "ab" / "ab" / ("ab" * 32)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"hal")
    directory.put("ab" * 32, b"half")
    assert path.read_bytes() == b"half" and [each.name for each in path.parent.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o077 == 0


Keeping = Callable[..., UUID]


@pytest.fixture
def kept(visits_db: sessionmaker[Session], places: Places, store: Store) -> Keeping:
    """Keeps a file as the API does, in the store of the test."""

    def kept(raw: bytes, attached: bool = False) -> UUID:
        examined = examine(raw, "x", 2**21)
        keep(visits_db, store, examined)
        with visits_db.begin() as session:
            allowed = actions.allow(session, {"unit": "28789"}, EVERYWHERE)
            file_id = actions.upload(session, allowed, examined).id
            if attached:
                actions.attach(session, [file_id], "issue", uuid7())
        return file_id

    return kept


def test_what_nobody_attached_is_cleared_away(
    visits_db: sessionmaker[Session], kept: Keeping, store: Store
) -> None:
    """After two days a file of nothing goes, with its content and small picture; what is attached stays."""
    loose, tied = examine(papers.picture("JPEG"), "x", 2**21), examine(papers.picture("PNG"), "x", 2**21)
    now = clock.now()
    kept(papers.picture("JPEG"))
    kept(papers.picture("PNG"), attached=True)
    with clock.frozen(now + timedelta(hours=47)):
        clear(visits_db, store)
    assert count(visits_db, "files") == 2
    with clock.frozen(now + timedelta(hours=49)):
        clear(visits_db, store)
    assert (count(visits_db, "files"), count(visits_db, "stored_contents")) == (1, 1)
    for key in (loose.sha256, thumbnail_key(loose.sha256)):
        with pytest.raises(Missing):
            store.read(key)
    with clock.frozen(now + timedelta(days=4000)):
        clear(visits_db, store)
    assert b"".join(store.read(tied.sha256)) == tied.data and b"".join(store.read(thumbnail_key(tied.sha256)))


def test_a_content_stays_while_one_file_has_it(
    visits_db: sessionmaker[Session], kept: Keeping, store: Store
) -> None:
    """Of two files of one content the loose one goes; the other still opens."""
    kept(papers.PDF)
    kept(papers.PDF, attached=True)
    with clock.frozen(clock.now() + timedelta(days=30)):
        clear(visits_db, store)
    assert count(visits_db, "files") == 1
    assert b"".join(store.read(examine(papers.PDF, "x", 2**21).sha256)) == papers.PDF


def test_an_upload_that_failed_halfway_leaves_nothing(
    visits_db: sessionmaker[Session], places: Places, store: Store
) -> None:
    """Content whose request died before the file was written down is known, and cleared later."""
    examined = examine(papers.PDF, "x", 2**21)
    keep(visits_db, store, examined)
    clear(visits_db, store)
    assert b"".join(store.read(examined.sha256)) == papers.PDF
    with clock.frozen(clock.now() + GRACE + timedelta(seconds=1)):
        clear(visits_db, store)
    assert count(visits_db, "stored_contents") == 0
    with pytest.raises(Missing):
        store.read(examined.sha256)


def test_an_upload_during_the_clearing_is_safe(
    visits_db: sessionmaker[Session], places: Places, tmp_path: Path
) -> None:
    """The same bytes come while they are being removed: the upload waits and then writes them again."""
    examined = examine(papers.PDF, "x", 2**21)
    inner = Directory(tmp_path)
    keep(visits_db, inner, examined)
    threads: list[Thread] = []

    class Slow(Directory):
        """A store in whose removal somebody uploads."""

        def remove(self, name: str) -> None:
            thread = Thread(target=keep, args=(visits_db, inner, examined))
            thread.start()
            thread.join(0.3)
            threads.append(thread)
            super().remove(name)

    with clock.frozen(clock.now() + GRACE + timedelta(seconds=1)):
        clear(visits_db, Slow(tmp_path))
        for thread in threads:
            thread.join()
    assert len(threads) == 1 and count(visits_db, "stored_contents") == 1
    assert b"".join(inner.read(examined.sha256)) == papers.PDF


def test_two_who_clear_at_once_agree(visits_db: sessionmaker[Session], kept: Keeping, store: Store) -> None:
    """Two processes of the clock clear the same files: both end well, everything is gone."""
    for number in range(5):
        kept(papers.PDF + b"%" * number + b"\n")
    with clock.frozen(clock.now() + timedelta(days=3)):
        threads = [Thread(target=clear, args=(visits_db, store)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clear(visits_db, store)
    assert (count(visits_db, "files"), count(visits_db, "stored_contents")) == (0, 0)


def test_a_lost_content_is_an_error_of_ours(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """A file whose content is missing from the store answers 500, not an empty file."""
    file = uploaded(api)
    with visits_db.begin() as session:
        session.execute(text("INSERT INTO stored_contents VALUES ('00', 1, false, now())"))
        session.execute(text("UPDATE files SET sha256 = '00'"))
    assert api.get(f"/files/{file['id']}").status_code == 500
