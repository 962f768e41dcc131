"""Events: CloudEvents 1.0 in JSON, their data validated by the contract of their type."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from marshmallow import ValidationError

from shared import clock, trace
from shared.contracts.loading import loader
from shared.contracts.routes import SCHEMAS
from shared.ids import uuid7
from shared.trace import Trace

_LOADERS = {event_type: loader(schema) for event_type, schema in SCHEMAS.items()}


class MalformedEvent(Exception):
    """What arrived is not an event this system knows."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact to record: `subject` is the thing's id, `version` the thing's version after the fact."""

    type: str
    subject: str
    version: int
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A fact received, its data loaded by the schema of its type."""

    id: UUID
    type: str
    source: str
    subject: str
    version: int
    time: datetime
    trace: Trace
    data: dict[str, Any]
    body: str

    @property
    def correlation_id(self) -> str:
        """The id under which the whole piece of work is found in the logs."""
        return self.trace.correlation_id

    @property
    def traceparent(self) -> str:
        """The W3C traceparent of the hop that recorded the event."""
        return self.trace.traceparent


def write(service: str, new: NewEvent, cause: Event | None) -> tuple[UUID, str]:
    """The id and the JSON of a new event, in the trace of its cause or of the work in hand."""
    event_id = uuid7()
    hop = trace.child_of(cause.trace if cause else trace.current())
    body = orjson.dumps(
        {
            "specversion": "1.0",
            "id": event_id,
            "source": f"/caunoi/{service}",
            "type": new.type,
            "subject": new.subject,
            "time": clock.now(),
            "datacontenttype": "application/json",
            "traceparent": hop.traceparent,
            "correlationid": hop.correlation_id,
            "subjectversion": new.version,
            "data": new.data,
        }
    )
    return event_id, body.decode()


def read(body: str) -> Event:
    """Parse and validate; raises MalformedEvent saying what is wrong."""
    try:
        raw = orjson.loads(body)
        load = _LOADERS[raw["type"]]
        return Event(
            id=UUID(raw["id"]),
            type=raw["type"],
            source=raw["source"].removeprefix("/caunoi/"),
            subject=raw["subject"],
            version=int(raw["subjectversion"]),
            time=datetime.fromisoformat(raw["time"]),
            trace=Trace(raw["correlationid"], raw["traceparent"]),
            data=load(raw["data"]),
            body=body,
        )
    except ValidationError as error:
        raise MalformedEvent(f"{raw['type']}: {error.normalized_messages()}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedEvent(f"not a known event: {error!r}") from error
