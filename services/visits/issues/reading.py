"""How an issue looks in the API.

Written out by hand: a page has some 900 values, and a schema that dumps each costs more than the query and
the JSON together. The schemas of `schemas.py` say what comes out, and a test holds the two together.
"""

from typing import Any

from services.visits.issues.model import Issue

# Columns that `listed` and `detailed` read.
LISTED = (
    Issue.id, Issue.code, Issue.state, Issue.step, Issue.version, Issue.kind, Issue.category, Issue.severity,
    Issue.title, Issue.unit_id, Issue.unit_code, Issue.unit_name, Issue.unit_path, Issue.hamlet_id,
    Issue.hamlet_name, Issue.reported_at,
)  # fmt: skip
DETAILED = (*LISTED, Issue.description, Issue.created_by)


def listed(
    id: Any, code: Any, state: Any, step: Any, version: Any, kind: Any, category: Any, severity: Any,
    title: Any, unit_id: Any, unit_code: Any, unit_name: Any, unit_path: Any, hamlet_id: Any,
    hamlet_name: Any, reported_at: Any,
) -> dict[str, Any]:  # fmt: skip
    """An issue in a list, from the values of LISTED in their order: unpacking a row is cheapest."""
    return {
        "id": id,
        "code": code,
        "state": state,
        "step": step,
        "version": version,
        "kind": kind,
        "category": category,
        "severity": severity,
        "title": title,
        "unit": {"id": unit_id, "code": unit_code, "name": unit_name, "path": unit_path},
        "hamlet": {"id": hamlet_id, "name": hamlet_name} if hamlet_id else None,
        "reported_at": reported_at,
    }


def detailed(in_list: dict[str, Any], description: str, created_by: str) -> dict[str, Any]:
    """An issue in full, without its reporter; `in_list` is what `listed` gives."""
    return in_list | {"description": description, "created_by": created_by}


def as_reported(issue: Issue) -> dict[str, Any]:
    """A new issue in full. Who reported it stays out: this answer is kept for its Idempotency-Key."""
    in_list = listed(*(getattr(issue, column.key) for column in LISTED))
    return detailed(in_list, issue.description, issue.created_by)
