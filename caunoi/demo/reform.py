"""The second act: the reform of 1 July 2025 comes over the country, with issues still open."""

import time
from collections.abc import Callable
from typing import Any

from caunoi.demo.api import Api
from caunoi.demo.facts import Reform
from caunoi.demo.system import Deadline, Failed, System

Say = Callable[[str], None]


def reform(system: System, api: Api, codes: list[str], deadline: Deadline, say: Say) -> Reform:
    """Plan and apply it, and wait until these issues have followed their places. Raises Failed."""
    before = {code: _unit(api, code) for code in codes}
    say("1 July 2025: planning the reform over the whole country (a dry run)")
    done = _carry_out(system, say)
    api.sign_in_again()  # its territory has grown by what Bến Tre has become
    say("Waiting until the open issues have followed their places")
    deadline.wait(
        lambda: all(_unit(api, code)["id"] != before[code]["id"] for code in codes),
        lambda: "open issues that are still at a commune that has ended",
    )
    for code in codes:
        lines = api.items(f"/api/visits/v1/issues/{code}/timeline")
        line = next((each["text"]["vi"] for each in lines if each["kind"] == "unit_succeeded"), None)
        if line is None:
            raise Failed(f"{code} has moved, and its timeline does not say so")
        done.moved.append({"code": code, "from": before[code], "to": _unit(api, code), "line": line})
    return done


def _carry_out(system: System, say: Say) -> Reform:
    from caunoi.reform import WRITER
    from caunoi.servers import servers, sessions
    from services.assignments.reorganisations import files, queries
    from services.assignments.reorganisations.actions import plan
    from services.assignments.reorganisations.applying import apply
    from services.assignments.reorganisations.schemas import REFORM, REFORM_BASIS
    from services.assignments.units.rules import TWO_TIERS_SINCE

    with servers(system.home.path), sessions("assignments") as factory:
        began = time.monotonic()
        with factory.begin() as session:
            made = plan(
                session,
                WRITER,
                name=REFORM,
                legal_basis=REFORM_BASIS,
                effective_on=TWO_TIERS_SINCE,
                units=files.given_or_own(None, files.UNITS),
                successors=files.given_or_own(None, files.SUCCESSORS),
            )
            session.flush()
            report = queries.report(session, made)
            plan_id = made.id
        planned = time.monotonic()
        say("Applying it in one transaction")
        with factory.begin() as session:
            apply(session, queries.one(session, plan_id, WRITER, lock=True), WRITER)
    return Reform(report, planned - began, time.monotonic() - planned)


def _unit(api: Api, code: str) -> dict[str, Any]:
    return dict(api.get(f"/api/visits/v1/issues/{code}")["unit"])
