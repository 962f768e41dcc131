"""Naming who acts: told to the database once a transaction, where the triggers read it.

It costs a request that may change something one round trip, and others none. Where nobody is named (the worker,
psql) the log has the name of the database's client.
"""

from dataclasses import asdict
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, sessionmaker

from services.assignments.audit.rules import Actor, actor_of
from shared import trace
from shared.database import dumps
from shared.prepared import Prepared

_READING = ("GET", "HEAD", "OPTIONS")
_NAME = Prepared("SELECT set_config('caunoi.actor', :actor, true)")


def name_actor(on: Session | Connection, actor: Actor) -> None:
    """Whoever does what follows in this transaction."""
    _NAME.rows(on, {"actor": dumps(asdict(actor))})


def origin() -> str:
    """Where a request comes from, as the gateway tells it: every address on its way."""
    return request.headers.get("X-Forwarded-For") or request.remote_addr or ""


def name_actor_of_request(sessions: sessionmaker[Session]) -> None:
    """From now on, every transaction of a request that is not only reading names its actor first."""

    @event.listens_for(sessions, "after_begin")
    def _begun(session: Session, transaction: Any, connection: Connection) -> None:
        if has_request_context() and request.method not in _READING and transaction.parent is None:
            agent, ids = request.headers.get("User-Agent", ""), trace.current()
            name_actor(connection, actor_of(g.get("principal"), origin(), agent, ids.correlation_id))


def name_command(sessions: sessionmaker[Session], person: str) -> None:
    """From now on, every transaction names the person at the command line."""

    @event.listens_for(sessions, "after_begin")
    def _begun(session: Session, transaction: Any, connection: Connection) -> None:
        if transaction.parent is None:
            name_actor(connection, Actor("command", person))
