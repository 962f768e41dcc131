"""Issues on their way: one move over the API, and an official to make it."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from tests.integration.visits.conftest import Api, deliver
from tests.support import facts

WHY = "Lý do của bước này"
EVIDENCE = "other"  # a category that asks for none


def make_move(api: Api, issue: dict[str, Any], move: str, version: str = "*", **details: Any) -> Any:
    """The answer to a move."""
    return api.post(f"/issues/{issue['id']}/moves", {"move": move} | details, **{"If-Match": version})


def moved(api: Api, issue: dict[str, Any], move: str, **details: Any) -> dict[str, Any]:
    """The issue after a move."""
    answer = make_move(api, issue, move, **details)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def official(sessions: sessionmaker[Session], name: str = "Lê Văn Bảy") -> UUID:
    """An official whom visits knows; the id."""
    new = facts.official_changed(full_name=name)
    deliver(sessions, new)
    return UUID(str(new.data["official_id"]))
