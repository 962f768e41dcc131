"""The events are promises: what was written once can still be read, and what is written now is as it was."""

from pathlib import Path

import orjson
import pytest
from marshmallow import ValidationError

from shared import trace
from shared.contracts.assignments import ESCALATION_REROUTED, ESCALATION_ROUTED
from shared.contracts.routes import SCHEMAS, SUBSCRIBERS
from shared.contracts.visits import ESCALATION_DECLINED
from shared.messaging.events import MalformedEvent, read, write
from shared.messaging.outbox import service_of
from tests.support.facts import EXAMPLES

GOLDEN = Path(__file__).parent / "golden"
SERVICES = {"assignments", "visits", "notifications"}


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_golden_events_are_still_read(event_type: str) -> None:
    """An event as this version first wrote it is still understood."""
    event = read((GOLDEN / f"{event_type}.json").read_text())
    assert event.type == event_type


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_what_is_written_has_every_golden_field(event_type: str) -> None:
    """A consumer of this version finds every field it knows in what is written today."""
    golden = orjson.loads((GOLDEN / f"{event_type}.json").read_text())
    written = orjson.loads(write(service_of(event_type), EXAMPLES[event_type], None)[1])
    assert paths(golden) <= paths(written)


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_unknown_fields_are_ignored(event_type: str) -> None:
    """A producer may add a field before its consumers know it."""
    golden = orjson.loads((GOLDEN / f"{event_type}.json").read_text())
    golden["data"]["a_field_of_tomorrow"] = 1
    golden["tomorrow"] = "x"
    assert "a_field_of_tomorrow" not in read(orjson.dumps(golden).decode()).data


def test_an_escalation_from_before_there_were_substitutes_is_read() -> None:
    """What stood in an outbox when the system was brought up to date still arrives."""
    golden = orjson.loads((GOLDEN / f"{ESCALATION_ROUTED}.json").read_text())
    del golden["data"]["recipients"][0]["reasons"][0]["substitute_for"], golden["data"]["vacancies"][0]["absent"]
    data = read(orjson.dumps(golden).decode()).data
    assert data["recipients"][0]["reasons"][0]["substitute_for"] is None
    assert data["vacancies"][0]["absent"] is False


def test_what_was_rerouted_before_anybody_was_unreached_is_read() -> None:
    """It was declined then, and everybody it fell to was told."""
    data = read((GOLDEN / f"{ESCALATION_REROUTED}.json").read_text()).data
    assert (data["way"], data["aware"]) == ("declined", [])
    assert read((GOLDEN / f"{ESCALATION_DECLINED}.json").read_text()).data["unreached"] == []


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_every_field_is_needed(event_type: str) -> None:
    """Data without one of its fields is refused, naming the field; unless it was added later, with what it means
    where it is missing."""
    golden = orjson.loads((GOLDEN / f"{event_type}.json").read_text())
    required = [name for name, each in SCHEMAS[event_type].fields.items() if each.required]
    for field in required:
        data = {name: value for name, value in golden["data"].items() if name != field}
        with pytest.raises(ValidationError, match=field):
            SCHEMAS[event_type].load(data)


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"type": "unknown"}', '{"type": []}', "\u0000"])
def test_what_is_no_event_is_refused(body: str) -> None:
    """Anything else raises MalformedEvent, nothing worse."""
    with pytest.raises(MalformedEvent):
        read(body)


def test_every_type_has_a_schema_and_subscribers() -> None:
    """The table of routes is complete and names services that exist."""
    assert set(SCHEMAS) == set(SUBSCRIBERS) == set(EXAMPLES)
    for event_type, subscribers in SUBSCRIBERS.items():
        assert {service_of(event_type), *subscribers} <= SERVICES
        assert list(subscribers) == sorted(set(subscribers))


def test_an_event_carries_the_trace_of_its_cause() -> None:
    """The correlation id is handed on unchanged, the trace id too; each hop has a span of its own."""
    begun = trace.start("request-12345678", "00-" + "a1" * 16 + "-" + "b2" * 8 + "-01")
    first = read(write("visits", EXAMPLES["vn.caunoi.visits.issue.escalated.v1"], None)[1])
    trace.start()
    second = read(write("assignments", EXAMPLES["vn.caunoi.assignments.escalation.routed.v1"], first)[1])
    assert first.correlation_id == second.correlation_id == "request-12345678"
    assert first.traceparent[:35] == second.traceparent[:35] == begun.traceparent[:35]
    assert len({begun.traceparent, first.traceparent, second.traceparent}) == 3


def paths(value: object, prefix: str = "") -> set[str]:
    """Every field of a JSON value, by path."""
    if isinstance(value, dict):
        return {prefix} | {each for name, inner in value.items() for each in paths(inner, f"{prefix}.{name}")}
    if isinstance(value, list):
        return {prefix} | {each for inner in value for each in paths(inner, f"{prefix}[]")}
    return {prefix}
