"""The demo proves what it shows, and leaves nothing behind."""

import json
import tempfile
from pathlib import Path

import pytest

from tests.integration.caunoi.running import caunoi, processes_of

pytestmark = pytest.mark.xdist_group("up")


def test_everybody_responsible_gets_one_mail_whatever_crashes() -> None:
    """Three escalations, a killed worker, a wiped Redis: one mail each, one acknowledged, nothing left."""
    before = set(Path(tempfile.gettempdir()).glob("caunoi-demo-*"))
    done = caunoi("demo", "--json")
    outcome = json.loads(done.stdout)
    assert (done.returncode, outcome["faults"]) == (0, []), done.stderr
    assert outcome["units"] == 10_794
    assert [bool(each["trouble"]) for each in outcome["escalations"]] == [False, True, True]
    for escalation in outcome["escalations"]:
        assert escalation["expected"] == escalation["mails"] == len(escalation["told"]) >= 4
        assert all(person["reasons"] for person in escalation["told"])
    assert [each["post"] for each in outcome["escalations"][2]["vacancies"]] == ["hamlet_follower"]
    assert outcome["acknowledgement"]["by"] in outcome["acknowledgement"]["timeline"][-1]["vi"]
    assert set(Path(tempfile.gettempdir()).glob("caunoi-demo-*")) == before
    assert not [each for each in processes_of(Path("caunoi-demo-"))]
