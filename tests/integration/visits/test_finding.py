"""Lists of issues against a slow reference: whatever is asked, every way of finding gives the same."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from services.visits.issues import listing
from services.visits.issues.rules import Kind, Severity, State
from shared import clock
from shared.search import query_of

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
COUNT, PAGE = 400, 7
PLACES = ["83/829/28789/", "83/829/28790/", "83/834/28993/", "86/855/29542/", "01/00004/"]
CATEGORIES = ["water", "roads_bridges", "other"]
WORDS = ["cau", "cong", "man", "mang", "nuoc", "ba"]

_INSERT = text("""
    INSERT INTO issues (id, code, version, state, step, kind, category, severity, title, description, unit_id,
        unit_code, unit_path, unit_name, reported_at, created_by, search)
    VALUES (:id, :code, 1, :state, 0, :kind, :category, :severity, '', '', :id, '', :path, '', :reported_at, '',
        array_to_tsvector(CAST(:words AS text[])))
""")


@pytest.fixture
def made(visits_db: sessionmaker[Session]) -> tuple[sessionmaker[Session], list[dict[str, Any]]]:
    """Issues of eight years, most of them of the last one, some at the same instant, some states rare."""
    chance = random.Random(20261126)
    rows = []
    for number in range(COUNT):
        days = chance.choice([chance.randrange(5), chance.randrange(400), chance.randrange(3000)])
        rows.append(
            {
                "id": UUID(int=chance.getrandbits(128)),
                "code": f"BT-2026-{number:06}",
                "state": chance.choices([State.VERIFIED, State.ESCALATED, State.REJECTED], [90, 8, 2])[0],
                "kind": chance.choice(list(Kind)),
                "category": chance.choice(CATEGORIES),
                "severity": chance.choice(list(Severity)),
                "path": chance.choices(PLACES, [5, 1, 4, 4, 2])[0],
                "reported_at": NOW - timedelta(days=days),
                "words": chance.sample(WORDS, chance.randrange(1, 4)),
            }
        )
    with visits_db.begin() as session:
        session.execute(_INSERT, rows)
    return visits_db, rows


def _questions(chance: random.Random) -> Iterator[tuple[dict[str, Any], list[str], list[str]]]:
    """What is asked, the places, the words searched for."""
    while True:
        asked: dict[str, Any] = {}
        for name, choices in {"state": State, "kind": Kind, "severity": Severity, "category": CATEGORIES}.items():
            if chance.random() < 0.35:
                asked[name] = str(chance.choice(list(choices)))
        if "category" not in asked and chance.random() < 0.2:
            asked["categories"] = chance.sample(CATEGORIES, 2)
        words = chance.sample(["cau", "cong", "ma", "nuoc", "ba"], 2) if chance.random() < 0.4 else []
        if words:
            asked["q"] = query_of(" ".join(words))
        if chance.random() < 0.2:
            asked["reported_before"] = NOW - timedelta(days=chance.randrange(900))
        if chance.random() < 0.2:
            asked["reported_from"] = NOW - timedelta(days=chance.randrange(2000))
        upper = [*PLACES, "83/", "83/829/", "86/", "99/", "83/829/28789/1/"]
        places = chance.choice([[""], [chance.choice(upper)], chance.sample(PLACES, 2), ["83/829/", "86/"]])
        yield asked, places, words


def _matches(row: dict[str, Any], asked: dict[str, Any], places: list[str], words: list[str]) -> bool:
    return (
        all(row[name] == asked[name] for name in ("state", "kind", "severity", "category") if name in asked)
        and row["category"] in asked.get("categories", CATEGORIES)
        and all(word in row["words"] for word in words[:-1])
        and all(any(each.startswith(word) for each in row["words"]) for word in words[-1:])
        and asked.get("reported_from", row["reported_at"]) <= row["reported_at"]
        and row["reported_at"] < asked.get("reported_before", NOW + timedelta(days=1))
        and any(row["path"].startswith(place) for place in places)
    )


def _pages(session: Session, asked: dict[str, Any], places: list[str]) -> Iterator[UUID]:
    """The ids, page after page, until none is left."""
    while rows := listing.newest(session, asked, places, PAGE):
        yield from (row[0] for row in rows)
        asked = asked | {"cursor_at": rows[-1][-1], "cursor_id": rows[-1][0]}


@pytest.mark.parametrize(
    "bounds",
    [
        {},
        {"WALK": 20, "WALK_IN_PLACES": 20},
        {"WALK": 1, "WALK_IN_PLACES": 1, "FEW": 9, "IN_VAIN": 1},
        {"WALK": 1, "WALK_IN_PLACES": 1, "MONTHS": (1, 4)},
        {"MERGED": 1, "FEW": 0},
    ],
)
def test_every_way_finds_what_the_slow_reference_finds(
    made: tuple[sessionmaker[Session], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    bounds: dict[str, Any],
) -> None:
    """All of it, once, newest first, over as many pages as it takes."""
    sessions, rows = made
    for name, bound in bounds.items():
        monkeypatch.setattr(listing, name, bound)
    listing.statement.cache_clear()
    rows = sorted(rows, key=lambda row: (row["reported_at"], row["id"]), reverse=True)
    questions = _questions(random.Random(str(bounds)))
    found = 0
    with sessions() as session, clock.frozen(NOW):
        for _ in range(60):
            asked, places, words = next(questions)
            expected = [row["id"] for row in rows if _matches(row, asked, places, words)]
            assert list(_pages(session, asked, places)) == expected, (asked, places)
            found += len(expected)
    listing.statement.cache_clear()
    assert found > COUNT
