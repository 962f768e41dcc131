"""Imports as jobs: asked for over the API, worked off by the clock, looked at while they run, survived."""

import io
import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from services.assignments.bulk import working
from services.assignments.bulk.rules import ATTEMPTS, LEASE
from shared import clock
from tests.integration.assignments.conftest import V1, Api
from tests.integration.assignments.sheets import csv_of
from tests.support.databases import listening, statements

HEAD = "staff_code;full_name;given_name;unit;email;phone;home_body"


def sent(api: Api, kind: str, data: bytes, name: str = "cán bộ.csv", **more: Any) -> TestResponse:
    """An import asked for."""
    headers = api.headers | more.pop("headers", {})
    form = {"kind": kind, "file": FileStorage(io.BytesIO(data), name)} | more
    boundary, body = encode_multipart(form)
    kind_of_body = f"multipart/form-data; boundary={boundary}"
    return api.client.post(f"{V1}/imports", data=body, content_type=kind_of_body, headers=headers)


def worked_off(api: Api, sessions: sessionmaker[Session], kind: str, data: bytes, **more: Any) -> dict[str, Any]:
    """An import asked for and worked off: what is then said of it."""
    answer = sent(api, kind, data, **more)
    assert answer.status_code == 202, answer.text
    working.work_off_imports(sessions)
    found = api.client.get(answer.headers["Location"], headers=api.headers)
    assert found.status_code == 200
    return dict(found.json or {})


def counted(sessions: sessionmaker[Session], *tables: str) -> list[int]:
    """How many rows tables have; of the outbox, the events of officials."""
    own = {"outbox": "outbox WHERE type LIKE '%.official.%'"}
    with sessions() as session:
        return [
            session.execute(text(f"SELECT count(*) FROM {own.get(name, name)}")).scalar_one() for name in tables
        ]


def officials(count: int) -> list[str]:
    """Lines of that many good officials."""
    return [f"BT-{n:05};Nguyễn Văn An;An;83;a{n}@bentre.example;0912 345 678;Sở {n}" for n in range(count)]


def test_an_import_is_a_job(api: Api, sessions: sessionmaker[Session]) -> None:
    """202 with a place to ask; it waits, is worked off once, and the sheet itself is forgotten."""
    with listening(sessions, "assignments_clock") as heard:
        answer = sent(api, "officials", csv_of(HEAD, *officials(3)))
        assert heard() == 1
    assert answer.status_code == 202
    waiting = answer.json or {}
    assert (waiting["state"], waiting["file_name"], waiting["requested_by"]) == ("waiting", "cán bộ.csv", "tester")
    assert counted(sessions, "officials", "import_files") == [0, 1]
    working.work_off_imports(sessions)
    working.work_off_imports(sessions)
    done = api.items("/imports?kind=officials&state=applied")[0]
    assert (done["id"], done["created"], done["rows_total"]) == (waiting["id"], 3, 3)
    assert done["finished_at"] and done["phase"] is None
    assert counted(sessions, "officials", "import_files") == [3, 0]


def test_the_audit_log_names_who_asked(api: Api, sessions: sessionmaker[Session]) -> None:
    """Not the clock that worked it off."""
    worked_off(api, sessions, "officials", csv_of(HEAD, *officials(2)), headers={"X-Request-ID": "request-12345"})
    with sessions() as session:
        found = session.execute(
            text("SELECT DISTINCT actor_kind, actor, correlation_id FROM audit_log WHERE record = 'officials'")
        )
        assert [tuple(each) for each in found] == [("client", "tester", "request-12345")]


def test_fifty_faults_in_ten_thousand_rows(api: Api, sessions: sessionmaker[Session]) -> None:
    """Exactly the planted ones are found and nothing is written; without them it is applied in seconds, with a
    number of statements that does not grow with the rows; again, nothing changes."""
    good = officials(10_000)
    lines, planted = list(good), []
    spoil: list[tuple[str, int, str]] = [
        ("email", 4, "an@"),
        ("phone", 5, "12"),
        ("unit", 3, "99"),
        ("full_name", 1, ""),
        ("home_body", 6, "=HYPERLINK(1)"),
    ]
    dice = random.Random(182)
    for number in dice.sample(range(10_000), 50):
        name, place, bad = dice.choice(spoil)
        parts = lines[number].split(";")
        parts[place] = bad
        lines[number] = ";".join(parts)
        planted.append((number + 2, name))
    refused = worked_off(api, sessions, "officials", csv_of(HEAD, *lines))
    assert (refused["state"], refused["fault_count"]) == ("refused", 50)
    found = api.items(f"/imports/{refused['id']}/faults?limit=200")
    assert [(each["row"], each["field"]) for each in found] == sorted(planted)
    assert all(each["reason_vi"] and each["reason_en"] for each in found)
    assert counted(sessions, "officials", "outbox") == [0, 0]

    begun = time.process_time()
    with statements(sessions) as asked:
        applied = worked_off(api, sessions, "officials", csv_of(HEAD, *good))
    assert (applied["state"], applied["created"]) == ("applied", 10_000)
    assert time.process_time() - begun < 20  # of this process; a few seconds on a machine of its own
    # A flush and an insert of events a chunk of 500, and words on the progress.
    assert len([each for each in asked if "imports" not in each and "heartbeats" not in each]) < 150
    assert counted(sessions, "officials", "outbox") == [10_000, 10_000]
    again = worked_off(api, sessions, "officials", csv_of(HEAD, *good))
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 10_000)
    assert counted(sessions, "officials", "outbox") == [10_000, 10_000]


def test_progress_is_seen_while_it_runs(
    api: Api, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another request sees the phases and the rows done, while nothing of the import is to be seen."""
    monkeypatch.setattr(working, "SAID_EVERY", 0.0)
    answer = sent(api, "officials", csv_of(HEAD, *officials(1200)))
    seen = []
    tell = working.Steps.__call__

    def telling(self: Any, phase: str, done: int, total: int) -> None:
        tell(self, phase, done, total)
        found = api.client.get(answer.headers["Location"], headers=api.headers).json or {}
        seen.append((found["state"], found["phase"], found["rows_done"], found["rows_total"]))
        assert counted(sessions, "officials") == [0]

    monkeypatch.setattr(working.Steps, "__call__", telling)
    working.work_off_imports(sessions)
    assert ("running", "checking", 500, 1200) in seen and ("running", "writing", 1000, 1200) in seen
    assert counted(sessions, "officials") == [1200]


class _Killed(BaseException):
    """Stands for the death of the process: nothing catches it."""


def killed_at(phase: str) -> Callable[..., None]:
    """A word on the progress that is the last one."""

    def dies(_self: Any, at: str, _done: int, _total: int) -> None:
        if at == phase:
            raise _Killed

    return dies


@pytest.mark.parametrize("phase", ["checking", "writing"])
def test_a_killed_worker_leaves_nothing_and_another_one_takes_over(
    api: Api, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    """Until the lease has run out nobody else begins; then it is done, once."""
    sent(api, "officials", csv_of(HEAD, *officials(600)))
    with monkeypatch.context() as patched, pytest.raises(_Killed):
        patched.setattr(working.Steps, "__call__", killed_at(phase))
        working.work_off_imports(sessions)
    working.work_off_imports(sessions)
    assert counted(sessions, "officials", "outbox") == [0, 0]
    with clock.frozen(clock.now() + LEASE + timedelta(seconds=1)):
        working.work_off_imports(sessions)
    assert counted(sessions, "officials", "outbox") == [600, 600]
    assert [each["state"] for each in api.items("/imports")] == ["applied"]


def test_who_was_only_slow_writes_nothing(api: Api, sessions: sessionmaker[Session]) -> None:
    """The lease is another's by then: the first one finds out and leaves it to the second."""
    sent(api, "officials", csv_of(HEAD, *officials(5)))
    slow = working.claim(sessions)
    assert slow
    with clock.frozen(clock.now() + LEASE + timedelta(seconds=1)):
        quick = working.claim(sessions)
    assert quick and quick != slow
    working.work_off(sessions, *slow)
    assert counted(sessions, "officials", "outbox") == [0, 0]
    working.work_off(sessions, *quick)
    working.work_off(sessions, *slow[:1], quick[1])
    assert counted(sessions, "officials", "outbox") == [5, 5]


def test_what_breaks_again_and_again_has_failed(
    api: Api, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few times it is given up, the sheet is dropped, and the next import has its turn."""
    broken = sent(api, "officials", csv_of(HEAD, *officials(1))).json or {}

    def breaks(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(working, "take_in", breaks)
        for _ in range(ATTEMPTS):
            working.work_off_imports(sessions)
    assert (api.get(f"/imports/{broken['id']}").json or {})["state"] == "failed"
    assert counted(sessions, "officials", "import_files") == [0, 0]
    assert worked_off(api, sessions, "officials", csv_of(HEAD, *officials(1)))["state"] == "applied"


def test_a_dry_run_says_what_would_be(api: Api, sessions: sessionmaker[Session]) -> None:
    """It is checked, and nothing is written."""
    checked = worked_off(api, sessions, "officials", csv_of(HEAD, *officials(4)), dry_run="true")
    assert (checked["state"], checked["created"]) == ("checked", 4)
    assert counted(sessions, "officials", "outbox") == [0, 0]


def test_imports_are_seen_by_those_whose_territory_holds_them(api_with: Callable[..., Api], api: Api) -> None:
    """A district does not see what the province imports, and the other way it does."""
    district = api_with(territories=("83/834/",))
    mine = sent(district, "officials", csv_of(HEAD, *officials(1))).json or {}
    theirs = sent(api, "officials", csv_of(HEAD, *officials(1))).json or {}
    assert [each["id"] for each in district.items("/imports")] == [mine["id"]]
    assert district.get(f"/imports/{theirs['id']}").status_code == 404
    assert district.get(f"/imports/{theirs['id']}/faults").status_code == 404
    assert api_with(territories=("83/",)).get(f"/imports/{mine['id']}").status_code == 200
    assert api_with(territories=("83/829/",)).get(f"/imports/{mine['id']}").status_code == 404
    assert sent(api_with(territories=()), "officials", csv_of(HEAD)).status_code == 403


def test_the_same_request_sent_again_is_one_import(api: Api) -> None:
    """Idempotency-Key holds for forms, too."""
    key = {"headers": {"Idempotency-Key": '"import-1"'}}
    first, second = (sent(api, "officials", csv_of(HEAD, *officials(1)), **key) for _ in range(2))
    assert first.json == second.json and len(api.items("/imports")) == 1


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"kind": "people"}, "kind"),
        ({"dry_run": "maybe"}, "dry_run"),
        ({"more": "x"}, "more"),
        ({"file": "not a file"}, "file"),
    ],
)
def test_bad_forms_are_refused(api: Api, form: dict[str, Any], field: str) -> None:
    """The answer names the field; nothing is written down."""
    good = {"kind": "officials", "file": (io.BytesIO(b"staff_code\nx"), "x.csv")}
    answer = api.client.post(f"{V1}/imports", data=good | form, headers=api.headers)
    assert answer.status_code == 422 and field in (answer.json or {})["errors"]
    assert api.items("/imports") == []


@pytest.mark.parametrize("kind", ["officials", "hamlets", "clusters", "assignments"])
def test_a_template_taken_in_as_it_is_holds_nothing(api: Api, sessions: sessionmaker[Session], kind: str) -> None:
    """Headings and an example that is passed over, in both formats."""
    for format_ in ("csv", "xlsx"):
        template = api.get(f"/templates/{kind}?format={format_}")
        assert template.status_code == 200 and template.headers["Content-Disposition"].endswith(f".{format_}")
        done = worked_off(api, sessions, kind, template.data)
        assert (done["state"], done["fault_count"]) == ("refused", 1)
        (fault,) = api.items(f"/imports/{done['id']}/faults")
        assert fault["reason_en"] == "the file has headings and nothing else"


def test_exports_over_the_api(api: Api, api_with: Callable[..., Api], sessions: sessionmaker[Session]) -> None:
    """Both formats as attachments, narrowed to a unit; kinds and units that are not there are said to be so."""
    worked_off(api, sessions, "officials", csv_of(HEAD, *officials(2), "BT-9;Lê Bé;Bé;834;;;"))
    assert api.get("/exports/officials").data.count(b"BT-") == 3
    narrow = api.get("/exports/officials?unit=834&format=csv")
    assert narrow.mimetype == "text/csv" and narrow.data.count(b"BT-") == 1
    workbook = api.get("/exports/officials?format=xlsx")
    assert (
        workbook.data.startswith(b"PK") and worked_off(api, sessions, "officials", workbook.data)["unchanged"] == 3
    )
    assert api.get("/exports/people").status_code == 404
    assert "unit" in (api.get("/exports/officials?unit=999").json or {})["errors"]
    assert api_with(territories=("83/829/",)).get("/exports/officials?unit=834").status_code == 404
