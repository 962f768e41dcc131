"""The demo, step by step."""

import shutil
import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from caunoi.demo.acknowledge import acknowledge
from caunoi.demo.api import Api
from caunoi.demo.facts import Escalation, Outcome, Told
from caunoi.demo.reform import reform
from caunoi.demo.story import LATER, STORIES, Story
from caunoi.demo.system import Deadline, Failed, System

SECONDS = 240.0
UNITS = Path(__file__).resolve().parents[2] / "data" / "units-2025-06-30.csv"
PROVINCE = "83"
SCOPES = ("assignments:read", "assignments:write", "visits:read", "visits:write", "visits:escalate")

Say = Callable[[str], None]


def run(say: Say, show: Callable[[Outcome, str], None], *, with_reform: bool = False) -> Outcome:
    """Run the demo on a home of its own, which is removed if all went well. `say` takes what is being done; `show`
    gets the outcome and the address. Faults are in the outcome; raises nothing for them. `with_reform`: with its
    second act."""
    folder = Path(tempfile.mkdtemp(prefix="caunoi-demo-"))
    outcome, began = Outcome(str(folder)), time.monotonic()
    system = System(folder)
    try:
        try:
            Demo(system, outcome, say).play(began, with_reform=with_reform)
        except Failed as failure:
            outcome.faults.append(str(failure))
        except Exception as error:
            # Whatever it is, the answer is the same: say it, keep the home, leave nothing running.
            system.home.log("demo").write_text(traceback.format_exc())
            outcome.faults.append(f"{type(error).__name__}: {error}")
        outcome.seconds = time.monotonic() - began
        show(outcome, system.url)
    finally:
        system.stop()
        if not outcome.faults:
            shutil.rmtree(folder, ignore_errors=True)
    return outcome


class Demo:
    """One run."""

    def __init__(self, system: System, outcome: Outcome, say: Say) -> None:
        self._system, self._outcome, self._say = system, outcome, say
        self._deadline = Deadline(SECONDS)

    def play(self, began: float, *, with_reform: bool) -> None:
        """All of it; raises Failed."""
        self._say("Starting PostgreSQL, Redis and every role on an empty home")
        self._deadline.wait(self._system.is_ready, lambda: f"not ready, see {self._system.home.logs}")
        self._outcome.ready_seconds = time.monotonic() - began
        api = self._prepare()
        for story in STORIES:
            self._outcome.escalations.append(self._escalate(api, story))
        later = self._report(api, LATER) if with_reform else None
        self._say("Waiting for the mail of everybody responsible")
        self._deadline.wait(lambda: self._all_told(api), lambda: "; ".join(self._faults()))
        self._say("Acknowledging one, by the link in its mail")
        self._outcome.acknowledgement = acknowledge(api, self._outcome.escalations[0], self._deadline)
        self._outcome.faults += self._check(api)
        if later:
            self._second_act(api, later)

    def _second_act(self, api: Api, later: dict[str, Any]) -> None:
        """The reform, and an escalation after it."""
        codes = [later["code"], *(each.code for each in self._outcome.escalations)]
        self._outcome.reform = reform(self._system, api, codes, self._deadline, self._say)
        moved = api.get(f"/api/visits/v1/issues/{later['id']}")
        self._outcome.escalations.append(self._raise(api, moved, LATER))
        self._deadline.wait(lambda: self._all_told(api), lambda: "; ".join(self._faults()))
        self._outcome.faults += self._check(api)

    def _prepare(self) -> Api:
        from caunoi.seed.write import write
        from caunoi.servers import servers, sessions
        from services.assignments.clients.actions import create_client
        from services.assignments.units.importer import import_units

        with servers(self._system.home.path), sessions("assignments") as factory, factory() as session:
            self._say("Importing the units of the whole country")
            report = import_units(session, UNITS)
            if report.errors:
                raise Failed(f"{UNITS.name} has {len(report.errors)} faults")
            session.commit()
            self._outcome.units = report.created
            self._say("Seeding the officials of Bến Tre and who follows what")
            self._outcome.seeded = str(write(session))
            client, secret = create_client(session, "Trình diễn", SCOPES, [PROVINCE])
            session.commit()
            api = Api(self._system.url, str(client.id), secret)
        self._say("Telling the other services of 10,794 units and their officials")
        self._deadline.wait(self._settled(api), lambda: "events of assignments that nobody has confirmed yet")
        return api

    def _settled(self, api: Api) -> Callable[[], bool]:
        wanted = 'caunoi_outbox_unfinished{service="assignments"} 0.0'
        return lambda: wanted in api.page("GET", f"{api.url}/metrics")[1]

    def _escalate(self, api: Api, story: Story) -> Escalation:
        return self._raise(api, self._report(api, story), story)

    def _report(self, api: Api, story: Story) -> dict[str, Any]:
        hamlet = self._hamlet(api, story)
        return dict(api.post("/api/visits/v1/issues", story.report | {"unit": story.unit, "hamlet": hamlet}))

    def _raise(self, api: Api, issue: dict[str, Any], story: Story) -> Escalation:
        self._say(f"Escalating {issue['code']}: {issue['title']}")
        escalation = api.post(f"/api/visits/v1/issues/{issue['id']}/escalations", {"reason": story.reason})
        trouble = self._cause(story.trouble)
        # Asked of the assignments service, which does not know of the issue: the yardstick of what must arrive.
        unit, hamlet = issue["unit"]["id"], issue["hamlet"]["id"] if issue["hamlet"] else None
        answer = api.get("/api/assignments/v1/responsible", unit=unit, hamlet=hamlet, at=escalation["at"], step=1)
        told = [self._person(api, each) for each in answer["recipients"]]
        at = datetime.fromisoformat(escalation["escalated_at"])
        place = issue["unit"]["name"]
        return Escalation(
            issue["code"], issue["title"], place, story.hamlet, at, trouble, told, answer["vacancies"]
        )

    def _hamlet(self, api: Api, story: Story) -> str | None:
        if story.hamlet is None:
            return None
        found = api.items("/api/assignments/v1/hamlets", unit=story.unit)
        return next(str(each["id"]) for each in found if each["name"] == story.hamlet)

    def _person(self, api: Api, recipient: dict[str, Any]) -> Told:
        official = api.get(f"/api/assignments/v1/officials/{recipient['official_id']}")
        return Told(official["full_name"], official["email"], recipient["reasons"])

    def _cause(self, trouble: str | None) -> str | None:
        if trouble == "kill_worker":
            pid = self._system.kill("assignments-worker")
            said = f"kill -9 {pid} (assignments-worker) right after the escalation"
        elif trouble == "wipe_redis":
            pid = self._system.wipe_redis()
            said = f"FLUSHALL and kill -9 {pid} (redis) right after the escalation"
        else:
            return None
        self._say(said)
        self._outcome.troubles.append(said)
        return said

    def _all_told(self, api: Api) -> bool:
        self._collect(api)
        return all(each.mails for escalation in self._outcome.escalations for each in escalation.told)

    def _check(self, api: Api) -> list[str]:
        """Exactly one mail each, once everything is quiet: a late repeat would show now."""
        quiet = [f'caunoi_outbox_unfinished{{service="{name}"}} 0.0' for name in ("assignments", "visits")]
        self._deadline.wait(
            lambda: all(line in api.page("GET", f"{api.url}/metrics")[1] for line in quiet),
            lambda: "events that nobody has confirmed yet",
        )
        self._collect(api)
        return self._faults()

    def _collect(self, api: Api) -> None:
        mails = api.items("/mailbox.json", limit=1000)
        for escalation in self._outcome.escalations:
            about = [each for each in mails if escalation.code in each["subject"]]
            expected = {each.email for each in escalation.told}
            for each in escalation.told:
                each.mails = [mail for mail in about if each.email in mail["recipients"]]
            strangers = {address for mail in about for address in mail["recipients"]} - expected
            escalation.strangers = sorted(strangers)

    def _faults(self) -> list[str]:
        return [fault for each in self._outcome.escalations for fault in each.faults()]
