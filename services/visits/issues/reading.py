"""How an issue looks in the API.

Written out by hand: a page has some 900 values, and a schema that dumps each costs more than the query and
the JSON together. The schemas of `schemas.py` say what comes out, and a test holds the two together.
"""

from typing import Any

from sqlalchemy import literal_column, select
from sqlalchemy.orm import aliased

from services.visits.issues.model import Issue

# Columns that `listed` and `detailed` read.
LISTED = (
    Issue.id, Issue.code, Issue.state, Issue.step, Issue.version, Issue.kind, Issue.category, Issue.severity,
    Issue.title, Issue.unit_id, Issue.unit_code, Issue.unit_name, Issue.unit_path, Issue.hamlet_id,
    Issue.hamlet_name, Issue.reported_at,
)  # fmt: skip
_later = aliased(Issue)
DETAILED = (
    *LISTED, Issue.description, Issue.created_by, Issue.sensitivity, Issue.looked_like, Issue.handler_id,
    Issue.handler_name, Issue.waiting_since, Issue.waiting_for, Issue.resolution, Issue.closed_at,
    Issue.merged_into, Issue.re_report_of,
    # The first that reported it again; few have one, and their index holds no others.
    select(_later.id).where(_later.re_report_of == Issue.id).order_by(_later.reported_at).limit(literal_column("1"))
    .correlate(Issue).scalar_subquery().label("re_reported_as"),
)  # fmt: skip


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


def detailed(
    in_list: dict[str, Any], description: str, created_by: str, sensitivity: Any, looked_like: Any, handler_id: Any,
    handler_name: Any, waiting_since: Any, waiting_for: Any, resolution: Any, closed_at: Any, merged_into: Any,
    re_report_of: Any, re_reported_as: Any,
) -> dict[str, Any]:  # fmt: skip
    """An issue in full, without its reporter, from the values of DETAILED; `in_list` is what `listed` gives."""
    return in_list | {
        "description": description,
        "created_by": created_by,
        "sensitivity": sensitivity,
        "looked_like": looked_like,
        "handler": {"id": handler_id, "name": handler_name} if handler_id else None,
        "waiting": {"since": waiting_since, "reason": waiting_for} if waiting_since else None,
        "resolution": resolution,
        "closed_at": closed_at,
        "merged_into": merged_into,
        "re_report_of": re_report_of,
        "re_reported_as": re_reported_as,
    }


def as_reported(issue: Issue) -> dict[str, Any]:
    """A new issue in full. Who reported it stays out: this answer is kept for its Idempotency-Key."""
    values = [getattr(issue, column.key) for column in DETAILED[:-1]]
    more = [*values[len(LISTED) :], None]
    return detailed(listed(*values[: len(LISTED)]), *more)
