"""Logs: one JSON object a line, a static event name, values as fields."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog


def _render(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> bytes:
    return orjson.dumps(event, default=str)


def configure(role: str, level: str = "INFO") -> None:
    """Send this process's logs, and those of its libraries, to standard output."""
    shared_steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared_steps, _render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared_steps],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda *args: _render(*args).decode(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.contextvars.bind_contextvars(role=role)


def get_logger() -> Any:
    """A logger; its first argument is the event's name."""
    return structlog.get_logger()
