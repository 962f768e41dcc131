"""Rules of threads: links, withdrawals, who hears what."""

import re
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.visits.threads.rules import (
    COMMENT,
    QUIET,
    LinkKind,
    News,
    check_link,
    check_withdrawal,
    excerpt,
    listeners,
)
from services.visits.timeline.rules import Happening
from shared.errors import BadInput, RuleBroken

DAO, BAY = uuid4(), uuid4()
PEOPLE = [(DAO, "Nguyễn Thị Hồng Đào"), (BAY, "Lê Văn Bảy")]
NOTHING: dict[str, str | None] = {"target": None, "number": None, "title": None, "url": None}


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        (LinkKind.VISIT, {}, "target"),
        (LinkKind.ISSUE, {"target": "x", "number": "1"}, "number"),
        (LinkKind.FEEDBACK, {"target": "x", "url": "http://a"}, "url"),
        (LinkKind.DOCUMENT, {"title": "Thông báo"}, "number"),
        (LinkKind.DOCUMENT, {"number": "12/TB"}, "title"),
        (LinkKind.DOCUMENT, {"number": "12/TB", "title": "Thông báo", "target": "x"}, "target"),
    ],
)
def test_a_link_names_what_it_leads_to(kind: LinkKind, given: dict[str, str], field: str) -> None:
    """What is missing or out of place is refused by name."""
    with pytest.raises(BadInput) as refused:
        check_link(kind, NOTHING | given)
    assert refused.value.field == field


def test_a_document_may_have_an_address() -> None:
    """Number and title are enough, an address may be given."""
    for url in (None, "https://bentre.example/12"):
        check_link(LinkKind.DOCUMENT, {"target": None, "number": "12/TB", "title": "Thông báo", "url": url})


@pytest.mark.parametrize(
    ("author", "official", "asking", "allowed"),
    [
        (DAO, DAO, "portal", True),
        (DAO, DAO, "another", True),  # the person counts, whatever she writes with
        (DAO, BAY, "portal", False),
        (DAO, None, "portal", False),
        (None, None, "portal", True),
        (None, None, "another", False),
        (None, DAO, "portal", False),
    ],
)
def test_a_comment_is_withdrawn_by_who_wrote_it(
    author: UUID | None, official: UUID | None, asking: str, allowed: bool
) -> None:
    """The official, or the client where no official spoke."""

    def check() -> None:
        check_withdrawal(withdrawn=False, author=author, client_id="portal", official=official, asking=asking)

    if allowed:
        check()
    else:
        with pytest.raises(RuleBroken):
            check()


def test_a_comment_is_withdrawn_once() -> None:
    """There is nothing left to take back."""
    with pytest.raises(RuleBroken):
        check_withdrawal(withdrawn=True, author=DAO, client_id="portal", official=DAO, asking="portal")


def test_nobody_is_told_of_their_own_doing_alone() -> None:
    """Who did all of it hears nothing; with anything of somebody else they do."""
    mine, other, system = News(DAO, "a", "a"), News(BAY, "b", "b"), News(None, "c", "c")
    assert listeners(PEOPLE, [mine]) == [PEOPLE[1]]
    assert listeners(PEOPLE, [mine, other]) == PEOPLE
    assert listeners(PEOPLE, [system]) == PEOPLE
    assert listeners(PEOPLE, []) == []


def test_an_excerpt_is_one_short_line() -> None:
    """Line breaks go, and what is cut says so."""
    assert excerpt("Một\n hai") == "Một hai"
    long = excerpt("nước " * 200)
    assert len(long) <= 300 and long.endswith("…") and "\n" not in long


def test_a_comment_is_no_kind_of_line() -> None:
    """In a thread both stand side by side."""
    assert COMMENT not in list(Happening)


def test_the_trigger_leaves_out_what_the_rule_calls_quiet() -> None:
    """The migration and the rule name the same kinds, and these exist."""
    migration = Path("services/visits/migrations/versions/0007_threads.py").read_text()
    [named] = re.findall(r"NEW\.kind NOT IN \(([^)]*)\)", migration)
    assert tuple(re.findall(r"'(\w+)'", named)) == QUIET
    assert set(QUIET) <= set(Happening)
