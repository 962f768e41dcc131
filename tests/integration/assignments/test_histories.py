"""Any history of assignments, corrections, ends, handovers, rotations and absences, against a slow and obvious
record: who is told on every day, which posts are vacant then, and what coverage says of the days together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.coverage.queries import gaps
from services.assignments.responsibility.queries import Question, load
from tests.integration.assignments.conftest import Api, Desk

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(12)]
PLACES = {"commune_follower": "28993", "district_overseer": "834"}
CODES = set(PLACES.values())
SEVERAL = {"commune_follower"}


@dataclass(frozen=True)
class Held:
    """What the slow record knows of an assignment."""

    official: str
    post: str
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        """Whether it is in force."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Away:
    """An absence, and who stands in."""

    official: str
    substitute: str | None
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        """Whether it is in force."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass
class Record:
    """The slow record: what is held now, and everything that was ever said of it, oldest first."""

    now: dict[str, Held] = field(default_factory=dict)
    said: dict[str, list[Held]] = field(default_factory=dict)
    away: list[Away] = field(default_factory=list)

    def acting(self, post: str, day: date) -> set[str]:
        """Who acts in a post: its holders, or at the end of each chain of substitutes somebody who is there."""
        holders = {held.official for held in self.now.values() if held.post == post and held.on(day)}
        return {who for who in (self._there(holder, day) for holder in holders) if who}

    def _there(self, official: str, day: date) -> str | None:
        away = next((each for each in self.away if each.official == official and each.on(day)), None)
        if away is None:
            return official
        return self._there(away.substitute, day) if away.substitute else None

    def held(self, post: str, day: date) -> bool:
        """Whether anybody holds it."""
        return any(held.post == post and held.on(day) for held in self.now.values())

    def say(self, key: str, held: Held) -> None:
        """An assignment says this from now on."""
        self.now[key] = held
        self.said.setdefault(key, []).append(held)

    def free(self, new: Held, without: set[str]) -> bool:
        """Whether a person may hold it in that time beside all others."""
        others = [held for key, held in self.now.items() if key not in without and held.post == new.post]
        rivals = [held for held in others if held.official == new.official or new.post not in SEVERAL]
        return not any(held.on(day) and new.on(day) for held in rivals for day in [*DAYS, date(2999, 1, 1)])


@dataclass
class World:
    """The system, and the slow record of what it should know."""

    api: Api
    officials: list[str]
    record: Record = field(default_factory=Record)

    def assign(self, official: int, post: str, since: date, until: date | None) -> None:
        """Let somebody hold a post."""
        new = Held(self.officials[official], post, since, until)
        given: dict[str, Any] = {
            "official": new.official,
            "post": post,
            "unit": PLACES[post],
            "legal_basis": "QĐ 1",
        }
        given |= {"valid_from": str(since), "valid_to": until and str(until)}
        answer = self.api.post("/assignments", given)
        if until is not None and until <= since:
            assert answer.status_code == 422
        elif not self.record.free(new, set()):
            assert answer.status_code == 409, answer.text
        else:
            assert answer.status_code == 201 and answer.json, answer.text
            self.record.say(answer.json["id"], new)

    def end(self, key: str, day: date) -> None:
        """End an assignment."""
        held = self.record.now[key]
        answer = self.api.post(f"/assignments/{key}/end", {"valid_to": str(day)}, **ANY)
        if day < held.since or (held.until is not None and held.until <= day):
            assert answer.status_code == 409
        else:
            assert answer.status_code == 200, answer.text
            self.record.say(key, replace(held, until=day))

    def correct(self, key: str, official: int, since: date, until: date | None) -> None:
        """Say it otherwise."""
        new = replace(self.record.now[key], official=self.officials[official], since=since, until=until)
        change = {"official": new.official, "valid_from": str(since), "valid_to": until and str(until)}
        answer = self.api.post(f"/assignments/{key}/corrections", change | {"reason": "Ghi nhầm"}, **ANY)
        if until is not None and until < since:
            assert answer.status_code == 422
        elif not self.record.free(new, {key}):
            assert answer.status_code == 409, answer.text
        else:
            assert answer.status_code == 200, answer.text
            self.record.say(key, new)

    def absent(self, official: int, substitute: int | None, since: date, until: date | None) -> None:
        """Let somebody be away; what is refused (a circle, twice at once) is not for this test to say."""
        new = Away(
            self.officials[official], None if substitute is None else self.officials[substitute], since, until
        )
        given = {"official": new.official, "substitute": new.substitute, "reason": "study"}
        given |= {"valid_from": str(since), "valid_to": until and str(until)}
        answer = self.api.post("/absences", {name: value for name, value in given.items() if value})
        assert answer.status_code in (201, 409, 422), answer.text
        if answer.status_code == 201:
            self.record.away.append(new)

    def rotate(self, moves: dict[str, int | None], day: date, handover: bool) -> None:
        """Move many at once, or hand over one."""
        ends = {key: replace(self.record.now[key], until=day) for key in moves}
        new: dict[str, Held] = {}
        good = all(
            held.since <= day and (held.until is None or day < held.until)
            for held in (self.record.now[key] for key in moves)
        )
        for key, official in moves.items():
            if official is None:
                continue
            held = self.record.now[key]
            start = Held(self.officials[official], held.post, day, held.until)
            good = good and start.official != held.official and self.record.free(start, set(moves))
            rivals = [other for other in new.values() if other.post == start.post]
            good = good and not any(start.post not in SEVERAL or each.official == start.official for each in rivals)
            new[key] = start
        started = self._moved(moves, day, handover)
        assert (started is not None) == good
        if started is not None:
            for key, held in ends.items():
                self.record.say(key, held)
            for key, start in zip(started, new.values(), strict=True):
                self.record.say(key, start)

    def _moved(self, moves: dict[str, int | None], day: date, handover: bool) -> list[str] | None:
        terms = {"on": str(day), "legal_basis": "QĐ 2"}
        wanted = [
            {"assignment": key, "official": None if official is None else self.officials[official]}
            for key, official in moves.items()
        ]
        if handover and len(wanted) == 1 and wanted[0]["official"]:
            given = terms | {"official": wanted[0]["official"]}
            answer = self.api.post(f"/assignments/{wanted[0]['assignment']}/handover", given, **ANY)
            assert answer.status_code in (201, 409), answer.text
            return [answer.json["started"]["id"]] if answer.status_code == 201 and answer.json else None
        looked = self.api.post("/rotations", terms | {"moves": wanted})
        answer = self.api.post("/rotations", terms | {"moves": wanted, "dry_run": False})
        assert looked.status_code == 200 and looked.json and answer.status_code in (200, 409), answer.text
        assert bool(looked.json["refusals"]) == (answer.status_code == 409)
        return [each["id"] for each in answer.json["starts"]] if answer.status_code == 200 and answer.json else None


ANY = {"If-Match": "*"}


@pytest.fixture
def people(desk: Desk) -> Iterator[list[str]]:
    """Three officials, who stay through all examples."""
    yield [desk.official()["id"] for _ in range(3)]


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_history_says_what_the_slow_record_says(
    api: Api, people: list[str], sessions: sessionmaker[Session], data: st.DataObject
) -> None:
    """Whatever is assigned, ended, corrected, handed over and rotated: what may not be is refused, every day is
    answered as the record says with each person once, and history and events replayed give the state."""
    with sessions.begin() as session:
        session.execute(
            text("TRUNCATE assignment_history, assignments, absences, mandate_readings, outbox CASCADE")
        )
    world = World(api, people)
    official, day = st.integers(0, 2), st.sampled_from(DAYS)
    until = st.none() | day
    for _ in range(data.draw(st.integers(3, 14))):
        known = sorted(world.record.now)
        what = data.draw(st.sampled_from(["assign", "assign", "end", "correct", "rotate", "hand over", "absent"]))
        if what == "assign" or not known:
            world.assign(
                data.draw(official), data.draw(st.sampled_from(sorted(PLACES))), data.draw(day), data.draw(until)
            )
        elif what == "absent":
            world.absent(data.draw(official), data.draw(st.none() | official), data.draw(day), data.draw(until))
        elif what == "end":
            world.end(data.draw(st.sampled_from(known)), data.draw(day))
        elif what == "correct":
            key = data.draw(st.sampled_from(known))
            world.correct(key, data.draw(official), data.draw(day), data.draw(until))
        else:
            keys = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
            moves = {key: data.draw(st.none() | official) for key in keys[: 1 if what == "hand over" else 3]}
            world.rotate(moves, data.draw(day), what == "hand over")
    with sessions() as session:
        check_answers(session, world.record)
        check_coverage(session, world.record)
        check_history(session, world.record)
        check_events(session, world.record)


def check_answers(session: Session, record: Record) -> None:
    """Every day, asked together: each person once, with the posts the record knows; a post in which nobody acts is
    named, and whether that is because its holders are away."""
    unit_id = session.execute(text("SELECT id FROM units WHERE code = '28993'")).scalar_one()
    questions = [Question(unit_id, None, day, 1) for day in [*DAYS, date(2999, 1, 1)]]
    situation = load(session, questions)
    for question in questions:
        people = situation.answer(question).recipients
        assert len({each.official_id for each in people}) == len(people)
        said = {
            (str(each.official_id), reason.post.code)
            for each in people
            for reason in each.reasons
            if reason.standing_in_for is None
        }
        assert said == {(who, post) for post in PLACES for who in record.acting(post, question.at)}
        vacant = {each.post.code: each.absent for each in situation.answer(question).vacancies}
        expected = {post: record.held(post, question.at) for post in PLACES if not record.acting(post, question.at)}
        assert {post: absent for post, absent in vacant.items() if post in PLACES} == expected


def check_coverage(session: Session, record: Record) -> None:
    """Of any span of days: the first days together on which nobody acts in a post, or none."""
    for since, until in ((DAYS[0], DAYS[-1]), (DAYS[3], DAYS[8]), (DAYS[5], DAYS[6])):
        days = [since + timedelta(days=n) for n in range((until - since).days)]
        found = {each.post: each for each in gaps(session, "83/834/", since, until) if each.unit_code in CODES}
        for post in PLACES:
            vacant = [day for day in days if not record.acting(post, day)]
            gap = found.get(post)
            assert (gap is not None) == bool(vacant)
            if gap:
                end = next((day for day in days if day > vacant[0] and day not in vacant), None)
                assert (gap.since, gap.until, gap.absent) == (vacant[0], end, record.held(post, vacant[0]))


def check_history(session: Session, record: Record) -> None:
    """Former versions and the present one, in order, are all that was ever said."""
    names = "official_id::text, post_code, valid_from, valid_to"
    rows = session.execute(
        text(
            f"SELECT id::text AS id, version, {names} FROM assignments UNION ALL "
            f"SELECT assignment_id::text, version, {names} FROM assignment_history ORDER BY id, version"
        )
    ).all()
    said: dict[str, list[Held]] = {}
    for row in rows:
        said.setdefault(row.id, []).append(Held(row.official_id, row.post_code, row.valid_from, row.valid_to))
        assert row.version == len(said[row.id])
    assert said == record.said


def check_events(session: Session, record: Record) -> None:
    """A listener who keeps the newest of each subject knows the state."""
    bodies = session.scalars(
        text("SELECT body::text FROM outbox WHERE type LIKE '%assignment.changed%' ORDER BY seq")
    )
    known: dict[str, dict[str, Any]] = {}
    for body in map(orjson.loads, bodies):
        before = known.get(body["subject"])
        assert before is None or before["subjectversion"] < body["subjectversion"]
        known[body["subject"]] = body
    read: Callable[[str | None], date | None] = lambda day: date.fromisoformat(day) if day else None  # noqa: E731
    state = {
        key: Held(data["official_id"], data["post"], date.fromisoformat(data["valid_from"]), read(data["valid_to"]))
        for key, data in ((key, body["data"]) for key, body in known.items())
    }
    assert state == record.now
    assert all(UUID(key) for key in state)
