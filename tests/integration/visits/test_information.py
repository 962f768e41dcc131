"""Information requests: asked, answered, extended, withdrawn, asked again, chased."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import MetaData, text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.information.rules import ALLOWED, NEEDED, Move, State
from services.visits.information.sweep import chase_information
from services.visits.reports.model import SituationReport
from shared import clock
from shared.clock import LOCAL
from shared.ids import uuid7
from tests.integration.visits.conftest import BINH_PHU, Api, Places, Standing
from tests.integration.visits.test_files import uploaded
from tests.integration.visits.test_reports import follow, person, reminders
from tests.support import papers

NOW = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)
OWN = {
    "contributions", "support_purposes", "situation_reports", "report_moves", "report_sections", "report_deadlines",
    "report_receivers", "information_requests", "information_moves", "information_deadlines", "drafts",
}  # fmt: skip


def ask(api: Api, **changes: Any) -> Any:
    """The answer to a question."""
    return api.post("/information-requests", {"unit": "28789", "question": "Bao nhiêu hộ thiếu nước?"} | changes)


def go(api: Api, asked: dict[str, Any], move: str, etag: str = "*", **more: Any) -> Any:
    """The answer to a move."""
    return api.post(f"/information-requests/{asked['id']}/moves", {"move": move} | more, **{"If-Match": etag})


def answer(api: Api, asked: dict[str, Any], **more: Any) -> Any:
    """The answer to an answer."""
    return go(api, asked, "answer", text="Có 120 hộ.", by="Chủ tịch UBND xã", **more)


def test_the_tables_are_what_the_models_say(visits_db: sessionmaker[Session]) -> None:
    """Migration and models of reports, information, support and drafts agree."""
    everything = SituationReport.metadata
    metadata = MetaData(naming_convention=everything.naming_convention)
    for name in sorted(OWN):
        everything.tables[name].to_metadata(metadata)
    with visits_db() as session:
        only = {"include_name": lambda name, kind, _: kind != "table" or name in OWN, "compare_type": True}
        context = MigrationContext.configure(session.connection(), opts=only)
        assert compare_metadata(context, metadata) == []


def test_a_commune_is_asked_and_answers(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """Who follows it is told of the question, who asked is told of the answer."""
    an, binh = person(visits_db, "An"), person(visits_db, "Bình")
    follow(visits_db, binh, "commune_follower", BINH_PHU)
    with clock.frozen(NOW):
        asked = ask(api, official=an)
        assert asked.status_code == 201 and asked.headers["ETag"] == '"1"'
        assert asked.json["due_on"] == "2026-03-28" and asked.json["official"]["full_name"] == "An"
        answered = answer(api, asked.json).json
    assert (answered["state"], answered["answer"], answered["answered_by"]) == (
        "answered", "Có 120 hộ.", "Chủ tịch UBND xã",
    )  # fmt: skip
    assert api.get(f"/information-requests/{answered['id']}").json == answered
    assert reminders(visits_db) == [("information_requested", ["Bình"]), ("information_answered", ["An"])]


def test_the_commune_itself_is_told_where_it_has_a_speaker(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Its leadership, if somebody holds that post, and then not its follower."""
    follow(visits_db, person(visits_db, "Bình"), "commune_follower", BINH_PHU)
    follow(visits_db, person(visits_db, "Chi"), "commune_leadership", BINH_PHU)
    ask(api)
    assert reminders(visits_db) == [("information_requested", ["Chi"])]


def test_an_answer_that_answers_nothing_is_asked_again(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """The first answer stays in the history."""
    follow(visits_db, person(visits_db, "Bình"), "commune_follower", BINH_PHU)
    with clock.frozen(NOW):
        asked = ask(api).json
        answer(api, asked)
        again = go(api, asked, "ask_again", reason="Chưa nói ở ấp nào.", due_on="2026-04-01").json
    assert (again["state"], again["answer"], again["due_on"]) == ("open", None, "2026-04-01")
    assert [each["move"] for each in again["history"]] == ["answer", "ask_again"]
    assert again["history"][0]["data"]["text"] == "Có 120 hộ."
    assert reminders(visits_db) == [("information_requested", ["Bình"])] * 2


def test_an_extension_is_later_and_has_a_reason(api: Api, places: Places) -> None:
    """The day there was stays in the history; no extension goes back."""
    with clock.frozen(NOW):
        asked = ask(api, due_on="2026-03-20").json
        for changes in ({"due_on": "2026-03-25"}, {"reason": "Cần đếm lại."}):
            assert go(api, asked, "extend", **changes).status_code == 422
        for day in ("2026-03-20", "2026-03-10", "2028-01-01"):
            refused = go(api, asked, "extend", reason="Cần đếm lại.", due_on=day)
            assert refused.status_code == 422 and "due_on" in refused.json["errors"]
        extended = go(api, asked, "extend", reason="Cần đếm lại.", due_on="2026-03-25").json
    assert extended["due_on"] == "2026-03-25" and extended["history"][0]["data"]["due_on"] == "2026-03-25"


def test_nobodys_change_is_lost(api: Api, places: Places) -> None:
    """A move from an older version is refused, and so is one that names none."""
    asked = ask(api).json
    assert go(api, asked, "withdraw", '"1"', reason="Đã có số liệu.").headers["ETag"] == '"2"'
    assert answer(api, asked, etag='"1"').status_code == 412
    assert api.post(f"/information-requests/{asked['id']}/moves", {"move": "answer"}).status_code == 428


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("unit", {"unit": "829"}),
        ("question", {"question": "?"}),
        ("question", {"question": "a\u0007bcdef"}),
        ("official", {"official": str(uuid7())}),
        ("due_on", {"due_on": (clock.today() - timedelta(days=2)).isoformat()}),
        ("due_on", {"due_on": (clock.today() + timedelta(days=400)).isoformat()}),
        ("mood", {"mood": "good"}),
    ],
)
def test_bad_questions_are_refused(standing: Standing, field: str, changes: dict[str, Any]) -> None:
    """A field that is wrong is named, and nothing is asked."""
    before = standing.api.get("/information-requests").json
    refused = ask(standing.api, **changes)
    assert refused.status_code == 422 and field in refused.json["errors"], refused.json
    assert standing.api.get("/information-requests").json == before


def test_files_must_be_there(api: Api, places: Places) -> None:
    """An answer names no file that was not uploaded."""
    refused = answer(api, ask(api).json, files=[str(uuid7())])
    assert refused.status_code == 422 and any(name.startswith("files") for name in refused.json["errors"])


def test_an_answer_keeps_its_files(api: Api, places: Places) -> None:
    """A file uploaded for the commune goes with its answer; one for another commune does not."""
    asked = ask(api).json
    ours, theirs = uploaded(api, papers.PDF, "số liệu.pdf"), uploaded(api, papers.PDF, "số liệu.pdf", unit="28993")
    refused = answer(api, asked, files=[ours["id"], theirs["id"]])
    assert refused.status_code == 422 and "files.1" in refused.json["errors"]
    assert answer(api, asked, files=[ours["id"]]).json["files"] == [ours["id"]]
    again = ask(api).json
    assert answer(api, again, files=[ours["id"]]).status_code == 422  # it belongs to the first answer


def test_another_territory_neither_sees_nor_changes(api: Api, places: Places) -> None:
    """A question to one district's commune is not there for another district."""
    asked = ask(api).json
    elsewhere = api.with_token(at=["83/834/"])
    assert ask(elsewhere).status_code == 403
    assert elsewhere.get(f"/information-requests/{asked['id']}").status_code == 404
    assert answer(elsewhere, asked).status_code == 404
    assert elsewhere.get("/information-requests").json["items"] == []


def test_an_open_question_is_chased_until_it_is_answered(
    api: Api, places: Places, visits_db: sessionmaker[Session]
) -> None:
    """Before its day, the day after and then every two days; who asked is told too."""
    an, binh = person(visits_db, "An"), person(visits_db, "Bình")
    follow(visits_db, binh, "commune_follower", BINH_PHU)
    with clock.frozen(NOW):
        asked = ask(api, official=an, due_on="2026-03-27").json
    told = []
    for day in range(15):
        with clock.frozen(datetime(2026, 3, 20, 9, 0, tzinfo=LOCAL) + timedelta(days=day)):
            before = len(reminders(visits_db))
            chase_information(visits_db)
            chase_information(visits_db)
            told += [(clock.today(), *each) for each in reminders(visits_db)[before:]]
    assert told == [
        (date(2026, 3, 25), "information_due", ["Bình", "An"]),
        *((day, "information_overdue", ["Bình", "An"]) for day in (
            date(2026, 3, 28), date(2026, 3, 30), date(2026, 4, 1), date(2026, 4, 3)
        )),
    ]  # fmt: skip
    with clock.frozen(datetime(2026, 4, 5, tzinfo=UTC)):
        assert [each["id"] for each in api.get("/information-requests", overdue="true").json["items"]] == [
            asked["id"]
        ]
        answer(api, asked)
        before = reminders(visits_db)
    with clock.frozen(datetime(2026, 6, 1, tzinfo=UTC)):
        chase_information(visits_db)
        assert reminders(visits_db) == before


def test_a_list_is_narrowed(api: Api, places: Places, visits_db: sessionmaker[Session]) -> None:
    """By place, state and who asked; newest first."""
    an = person(visits_db, "An")
    first, second = ask(api, official=an).json, ask(api, unit="28993").json
    answer(api, second)

    def found(**query: Any) -> list[str]:
        got = api.get("/information-requests", **query)
        assert got.status_code == 200, got.json
        return [each["id"] for each in got.json["items"]]

    assert found() == [second["id"], first["id"]]
    assert found(unit="83/834/") == found(state="answered") == [second["id"]]
    assert found(official=an) == found(state="open") == [first["id"]]


def test_the_usual_day_is_a_row(api: Api, places: Places) -> None:
    """Changed by a token for everything, it holds for the next question."""
    body = {"due_days": 3, "remind_before_days": 1, "chase_every_days": 1, "source": "Quy định 02"}

    def put(by: Api) -> int:
        return int(
            by._client.put("/api/visits/v1/information-deadline", json=body, headers=by._headers).status_code
        )

    assert put(api.with_token(at=["83/"])) == 403 and put(api) == 200
    assert api.get("/information-deadline").json == body
    with clock.frozen(NOW):
        assert ask(api).json["due_on"] == "2026-03-21"


class Asking(RuleBasedStateMachine):
    """A request against the table, in plain Python."""

    standing: Standing

    @initialize()
    def start(self) -> None:
        """A new question."""
        self.asked = ask(self.standing.api).json
        self.state, self.moves, self.due = State.OPEN, 0, clock.today() + timedelta(days=30)

    @rule(move=st.sampled_from(Move))
    def moved(self, move: Move) -> None:
        """Only what the table has is done, all of it stands in the history, and only open ones wait."""
        later = self.due + timedelta(days=1)
        every = {"text": "x", "by": "y", "reason": "Vì cần thế.", "due_on": later.isoformat()}
        given = {name: every[name] for name in NEEDED[move]}
        status = go(self.standing.api, self.asked, move, f'"{self.moves + 1}"', **given).status_code
        if (self.state, move) in ALLOWED:
            self.state, self.moves = ALLOWED[self.state, move], self.moves + 1
            self.due = later if "due_on" in given else self.due
            assert status == 201
        else:
            assert status == 409
        read = self.standing.api.get(f"/information-requests/{self.asked['id']}").json
        assert (read["state"], len(read["history"]), read["version"]) == (self.state, self.moves, self.moves + 1)
        with self.standing.sessions() as session:
            waits = text("SELECT chase_at IS NOT NULL FROM information_requests WHERE id = :id")
            assert session.scalar(waits, {"id": self.asked["id"]}) == (self.state == State.OPEN)


def test_no_move_outside_the_table(standing: Standing) -> None:
    """Whatever is tried in whatever order."""
    Asking.standing = standing
    run_state_machine_as_test(
        Asking,
        settings=settings(max_examples=10, stateful_step_count=10, suppress_health_check=list(HealthCheck)),
    )
