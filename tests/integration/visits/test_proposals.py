"""Joint proposals over the API: who is invited, when they go out, who sees them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session, sessionmaker

from services.visits.proposals.rules import Answer, State
from services.visits.proposals.sweep import chase_signatures
from shared import clock
from tests.integration.visits.conftest import Api, Places, Standing, deliver
from tests.integration.visits.test_threads import official, reminders
from tests.support import facts

MONDAY = datetime(2026, 3, 2, 3, tzinfo=UTC)
NAMES = ("Nguyễn Thị Hồng Đào", "Lê Văn Bảy", "Trần Thị Sáu", "Phạm Văn Tư")


def body(issues: list[dict[str, Any]], people: list[str], **changes: Any) -> dict[str, Any]:
    """What is sent to propose: the first of `people` drafts it, the others are invited."""
    return {
        "title": "Xây cống ngăn mặn mới",
        "text": "Kính đề nghị bố trí vốn xây cống mới trong năm nay.",
        "issues": [each["code"] for each in issues],
        "addressee_level": "province",
        "official": people[0],
        "cosigners": people[1:],
    } | changes


def propose(api: Api, issues: list[dict[str, Any]], people: list[str], **changes: Any) -> dict[str, Any]:
    """Draft a proposal; the body of the answer."""
    answer = api.post("/proposals", body(issues, people, **changes))
    assert answer.status_code == 201, answer.json
    return answer.json


def move(api: Api, proposal: dict[str, Any], move: str, **details: Any) -> Any:
    """Move a proposal; the answer."""
    path = f"/proposals/{proposal['id']}/moves"
    return api.post(path, {"move": move, **details}, **{"If-Match": "*"})


def lines(api: Api, issue: dict[str, Any]) -> list[str]:
    """What happened with proposals on an issue."""
    entries = api.get(f"/issues/{issue['id']}/timeline").json["items"]
    return [each["data"]["move"] for each in entries if each["kind"] == "proposal"]


@pytest.fixture
def people(visits_db: sessionmaker[Session], places: Places) -> list[str]:
    """Four officials."""
    return [official(visits_db, name) for name in NAMES]


def test_it_goes_out_when_all_have_signed(api: Api, visits_db: sessionmaker[Session], people: list[str]) -> None:
    """Both issues tell of it on their timelines, and those concerned are told each once."""
    issues = [api.report(), api.report(unit="28993")]
    proposal = propose(api, issues, people[:3])
    assert (proposal["state"], proposal["quorum"]) == ("collecting", 2)
    assert proposal["addressee"]["unit"]["name"] == "Tỉnh Bến Tre"
    assert [each["code"] for each in proposal["issues"]] == [each["code"] for each in issues]
    [asked] = reminders(visits_db, "proposal_to_sign")
    assert {str(each["official_id"]) for each in asked["recipients"]} == set(people[1:3])
    assert move(api, proposal, "sign", official=people[1]).json["state"] == "collecting"
    done = move(api, proposal, "sign", official=people[2])
    assert done.status_code == 201 and done.json["state"] == "submitted" and done.json["submitted_at"]
    assert [each["move"] for each in done.json["history"]] == ["propose", "sign", "sign", "submit"]
    for issue in issues:
        assert lines(api, issue) == ["propose", "sign", "sign", "submit"]
    [told] = reminders(visits_db, "proposal_submitted")
    assert {str(each["official_id"]) for each in told["recipients"]} == set(people[:3])
    assert all(name in told["body_vi"] for name in NAMES[:3])


def test_whom_it_is_addressed_to_is_told(api: Api, visits_db: sessionmaker[Session], people: list[str]) -> None:
    """Whoever holds a post of that very unit; not those of the units below."""
    leader, overseer = uuid4(), uuid4()
    for who, path, post in ((leader, "83/", "provincial_leader"), (overseer, "83/829/", "district_overseer")):
        change = {"official_id": who, "unit_path": path, "post": post, "attached_to": "province"}
        deliver(visits_db, facts.assignment_changed(**change))
    proposal = propose(api, [api.report()], people[:2])
    move(api, proposal, "sign", official=people[1])
    [told] = reminders(visits_db, "proposal_submitted")
    ids = {each["official_id"] for each in told["recipients"]}
    assert leader in ids and overseer not in ids


def test_with_a_quorum_it_goes_out_earlier_and_others_may_still_join(api: Api, people: list[str]) -> None:
    """A late signature is added, a late refusal recorded."""
    proposal = propose(api, [api.report()], people, quorum=1)
    assert move(api, proposal, "sign", official=people[1]).json["state"] == "submitted"
    late = move(api, proposal, "sign", official=people[2])
    assert late.json["state"] == "submitted"
    refused = move(api, proposal, "decline", official=people[3], reason="Chưa rõ vốn")
    answers = {each["official"]["id"]: each["answer"] for each in refused.json["cosigners"]}
    assert answers == {people[1]: "signed", people[2]: "signed", people[3]: "declined"}


def test_who_says_nothing_is_reminded_again_and_again(
    api: Api, visits_db: sessionmaker[Session], people: list[str]
) -> None:
    """On the third morning and every third one after, only those who are silent; once it is submitted nobody."""
    change = {"every_days": 5, "source": "Quy định 02"}
    with clock.frozen(MONDAY):
        proposal = propose(api, [api.report()], people)
        move(api, proposal, "sign", official=people[1])
    assert api.put("/proposal-reminder", change).json == api.get("/proposal-reminder").json == change
    for day, reminded in ((2, 0), (3, 1), (4, 1), (8, 2)):
        with clock.frozen(MONDAY + timedelta(days=day)):
            chase_signatures(visits_db)
        told = reminders(visits_db, "proposal_unsigned")
        assert len(told) == reminded, day
    assert {str(each["official_id"]) for each in told[0]["recipients"]} == set(people[2:])
    with clock.frozen(MONDAY + timedelta(days=9)):
        for signer in people[2:]:
            move(api, proposal, "sign", official=signer)
    with clock.frozen(MONDAY + timedelta(days=90)):
        chase_signatures(visits_db)
    assert len(reminders(visits_db, "proposal_unsigned")) == 2


def test_it_lapses_when_enough_cannot_sign_any_more(
    api: Api, visits_db: sessionmaker[Session], people: list[str]
) -> None:
    """With all needed one refusal is enough; the reason is told, and nothing can be done after."""
    proposal = propose(api, [api.report()], people[:3])
    lapsed = move(api, proposal, "decline", official=people[1], reason="Chưa rõ nguồn vốn")
    assert lapsed.json["state"] == "lapsed"
    assert [each["reason"] for each in lapsed.json["history"]] == [None, "Chưa rõ nguồn vốn", None]
    assert len(reminders(visits_db, "proposal_lapsed")) == 1
    assert move(api, proposal, "sign", official=people[2]).status_code == 409


def test_who_drafted_it_withdraws_it(api: Api, people: list[str]) -> None:
    """Nobody else does, and not after the answer."""
    proposal = propose(api, [api.report()], people[:2])
    assert move(api, proposal, "withdraw", official=people[1], reason="Không cần nữa").status_code == 409
    gone = move(api, proposal, "withdraw", official=people[0], reason="Không cần nữa")
    assert gone.json["state"] == "withdrawn"


def test_the_answer_stands_with_it(api: Api, visits_db: sessionmaker[Session], people: list[str]) -> None:
    """Who answered, what, and everybody who signed is told."""
    proposal = propose(api, [api.report()], people[:2])
    assert move(api, proposal, "answer", text="Đồng ý.", by="Thường trực Tỉnh ủy").status_code == 409
    move(api, proposal, "sign", official=people[1])
    answered = move(api, proposal, "answer", text="Đồng ý.", by="Thường trực Tỉnh ủy").json
    assert (answered["state"], answered["answer"]["by"]) == ("answered", "Thường trực Tỉnh ủy")
    [told] = reminders(visits_db, "proposal_answered")
    assert "Đồng ý." in told["body_vi"]
    assert api.get(f"/proposals/{proposal['id']}").json == answered


def test_a_change_names_the_version_it_was_made_from(api: Api, people: list[str]) -> None:
    """Without If-Match 428, with an old one 412."""
    proposal = propose(api, [api.report()], people[:3])
    path, sign = f"/proposals/{proposal['id']}/moves", {"move": "sign", "official": people[1]}
    assert api.post(path, sign).status_code == 428
    assert api.post(path, sign, **{"If-Match": '"1"'}).headers["ETag"] == '"2"'
    again = api.post(path, {"move": "sign", "official": people[2]}, **{"If-Match": '"1"'})
    assert again.status_code == 412


def test_it_is_seen_by_those_who_may_see_all_its_issues(api: Api, people: list[str]) -> None:
    """One issue outside the territory hides it, in lists too."""
    here, there = api.report(), api.report(unit="28993")
    both, one = propose(api, [here, there], people[:2]), propose(api, [here], people[:2])
    town = api.with_token(at=["83/829/"])
    assert [each["id"] for each in town.get("/proposals").json["items"]] == [one["id"]]
    assert town.get(f"/proposals/{both['id']}").status_code == 404
    assert move(town, both, "sign", official=people[1]).status_code == 404
    two = api.with_token(at=["83/829/", "83/834/28993/"])
    assert [each["id"] for each in two.get("/proposals").json["items"]] == [one["id"], both["id"]]
    assert api.with_token(at=["86/"]).get("/proposals").json["items"] == []


def test_lists_are_narrowed(api: Api, people: list[str]) -> None:
    """By state, by issue, and by who drafted it or was invited; page by page."""
    here, there = api.report(), api.report(unit="28993")
    first, second = propose(api, [here], people[:2]), propose(api, [there], people[1:3])
    move(api, first, "sign", official=people[1])

    def ids(**query: Any) -> list[str]:
        return [each["id"] for each in api.get("/proposals", **query).json["items"]]

    assert ids(state="submitted") == [first["id"]]
    assert ids(issue=there["code"]) == [second["id"]]
    assert ids(official=people[1]) == [second["id"], first["id"]]
    assert ids(official=people[0]) == [first["id"]]
    assert ids(official=people[3]) == []
    page = api.get("/proposals", limit=1).json
    assert [each["id"] for each in page["items"]] == [second["id"]]
    assert ids(limit=1, cursor=page["next_cursor"]) == [first["id"]]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issues": []}, "issues"),
        ({"issues": ["BT-2026-999999"]}, "issues.0"),
        ({"issues": "twice"}, "issues.1"),
        ({"addressee_level": "ministry"}, "addressee_level"),
        ({"addressee_level": "commune"}, "addressee_level"),
        ({"official": str(uuid4())}, "official"),
        ({"cosigners": []}, "cosigners"),
        ({"cosigners": [str(uuid4())]}, "cosigners.0"),
        ({"quorum": 3}, "quorum"),
        ({"quorum": 0}, "quorum"),
        ({"text": "ngắn"}, "text"),
        ({"title": ""}, "title"),
        ({"state": "submitted"}, "state"),
    ],
)
def test_a_bad_proposal_is_refused_by_name(standing: Standing, changes: dict[str, Any], field: str) -> None:
    """And there is none."""
    people = [official(standing.sessions, name) for name in NAMES[:2]]
    issues = [standing.api.report(), standing.api.report(unit="28993")]
    if changes.get("issues") == "twice":
        changes = {"issues": [issues[0]["code"], issues[0]["id"]]}
    answer = standing.api.post("/proposals", body(issues, people) | changes)
    assert answer.status_code == 422, answer.json
    errors = answer.json.get("errors") or {answer.json.get("field"): 1}
    assert any(name == field or name.startswith(f"{field}.") for name in errors), answer.json
    assert standing.api.get("/proposals", official=people[0]).json["items"] == []


def test_only_those_invited_sign(standing: Standing) -> None:
    """A signature of somebody else is refused by the field, and details out of place too."""
    people = [official(standing.sessions, name) for name in NAMES]
    proposal = propose(standing.api, [standing.api.report()], people[:2])
    assert move(standing.api, proposal, "sign", official=people[3]).status_code == 422
    assert move(standing.api, proposal, "sign", official=people[0]).status_code == 422
    assert move(standing.api, proposal, "decline", official=people[1]).status_code == 422
    assert move(standing.api, proposal, "sign", official=people[1], text="x").status_code == 422
    assert move(standing.api, proposal, "submit").status_code == 422


class Proposing(RuleBasedStateMachine):
    """Any officials do anything in any order."""

    api: Api
    sessions: sessionmaker[Session]
    people: list[str]

    @initialize(invited=st.integers(1, 3), data=st.data())
    def draft(self, invited: int, data: st.DataObject) -> None:
        """A new proposal."""
        self.issue = self.api.report()
        self.quorum = data.draw(st.integers(1, invited))
        chosen = self.people[: invited + 1]
        self.proposal = propose(self.api, [self.issue], chosen, quorum=self.quorum)
        self.answers = dict.fromkeys(chosen[1:], Answer.INVITED)
        self.state, self.moves = State.COLLECTING, ["propose"]

    @rule(who=st.integers(0, 3), sign=st.booleans())
    def reply(self, who: int, sign: bool) -> None:
        """Somebody signs or declines."""
        person, what = self.people[who], "sign" if sign else "decline"
        answer = move(self.api, self.proposal, what, official=person, **({} if sign else {"reason": "Chưa rõ vốn"}))
        if self.state not in (State.COLLECTING, State.SUBMITTED):
            assert answer.status_code == 409
        elif person not in self.answers:
            assert answer.status_code == 422
        elif self.answers[person] == Answer.SIGNED or (self.answers[person] == Answer.DECLINED and not sign):
            assert answer.status_code == 409
        else:
            assert answer.status_code == 201
            self.answers[person] = Answer.SIGNED if sign else Answer.DECLINED
            self.moves.append(what)
            self._follow()

    def _follow(self) -> None:
        answers = list(self.answers.values())
        if self.state == State.COLLECTING and answers.count(Answer.SIGNED) >= self.quorum:
            self.state = State.SUBMITTED
            self.moves.append("submit")
        elif self.state == State.COLLECTING and answers.count(Answer.DECLINED) > len(answers) - self.quorum:
            self.state = State.LAPSED
            self.moves.append("lapse")

    @rule()
    def answer(self) -> None:
        """The addressee answers."""
        done = move(self.api, self.proposal, "answer", text="Đồng ý.", by="Tỉnh ủy")
        if self.state == State.SUBMITTED:
            assert done.status_code == 201
            self.state = State.ANSWERED
            self.moves.append("answer")
        else:
            assert done.status_code == 409

    @rule()
    def withdraw(self) -> None:
        """Who drafted it takes it back."""
        done = move(self.api, self.proposal, "withdraw", official=self.people[0], reason="Không cần nữa")
        if self.state in (State.COLLECTING, State.SUBMITTED):
            assert done.status_code == 201
            self.state = State.WITHDRAWN
            self.moves.append("withdraw")
        else:
            assert done.status_code == 409

    @invariant()
    def it_is_where_the_model_says(self) -> None:
        """State, answers, history and timeline agree with what was done."""
        shown = self.api.get(f"/proposals/{self.proposal['id']}").json
        assert shown["state"] == self.state
        assert {each["official"]["id"]: each["answer"] for each in shown["cosigners"]} == self.answers
        assert [each["move"] for each in shown["history"]] == self.moves == lines(self.api, self.issue)


def test_no_move_outside_the_table_and_a_complete_timeline(standing: Standing) -> None:
    """Whatever is tried, in whatever order."""

    class Machine(Proposing):
        api, sessions = standing.api, standing.sessions
        people = [official(standing.sessions, name) for name in NAMES]

    limits = settings(max_examples=15, stateful_step_count=12, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Machine, settings=limits)
