"""What an issue does by itself."""

from datetime import UTC, date, datetime

import pytest

from services.visits.issues.model import Issue
from services.visits.issues.rules import Kind, Severity
from services.visits.units.model import Unit
from shared import clock
from shared.errors import RuleBroken
from shared.ids import uuid7

UNIT = Unit(
    id=uuid7(),
    code="28993",
    name="Xã Mỹ Thạnh",
    path="83/834/28993/",
    level="commune",
    province_abbreviation="BT",
    valid_from=date(2004, 7, 8),
    valid_to=None,
    version=1,
)
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@pytest.fixture
def issue() -> Issue:
    """A new issue."""
    with clock.frozen(NOW):
        return Issue.report(
            unit=UNIT,
            unit_name="Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre",
            hamlet=None,
            kind=Kind.PRESSING,
            category="water",
            severity=Severity.HIGH,
            title="Mất nước",
            description="Ba ngày không có nước.",
            created_by="portal",
        )


def test_a_new_issue_is_reported_and_not_escalated(issue: Issue) -> None:
    """The constructor sets the whole first state."""
    assert (issue.state, issue.step, issue.version, issue.reported_at) == ("reported", 0, 1, NOW)


def test_an_issue_keeps_the_place_of_its_time(issue: Issue) -> None:
    """Code, path and full name are copied, so that a later change of the unit changes no history."""
    assert (issue.unit_code, issue.unit_path) == ("28993", "83/834/28993/")
    assert issue.unit_name == "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre"


def test_escalating_goes_one_step_up_and_is_a_new_version(issue: Issue) -> None:
    """Each escalation raises step and version by one."""
    steps = [issue.escalate(None, 2), issue.escalate(None, 2)]
    assert (steps, issue.state, issue.version) == ([1, 2], "escalated", 3)


def test_a_refused_escalation_changes_nothing(issue: Issue) -> None:
    """Past the last step the issue stays as it was."""
    issue.escalate(2, 2)
    with pytest.raises(RuleBroken):
        issue.escalate(None, 2)
    assert (issue.state, issue.step, issue.version) == ("escalated", 2, 2)
