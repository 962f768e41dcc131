"""The one table of roles: what runs, and how. The supervisor, docker-compose and `caunoi role` go by it."""

import importlib
from dataclasses import dataclass
from enum import Enum

from shared.messaging.queues import events_queue, receipts_queue
from shared.settings import EnvSettings

SERVICES = ("assignments", "visits", "notifications")


class Kind(Enum):
    """How a role is started."""

    WEB = "web"  # gunicorn on services.<service>.app
    WORKER = "worker"  # Celery on services.<service>.worker
    LOOP = "loop"  # create_<its last name> of services.<service>.worker
    GATEWAY = "gateway"
    MAILBOX = "mailbox"


@dataclass(frozen=True)
class Role:
    """One kind of process."""

    name: str
    kind: Kind
    service: str | None = None
    queues: tuple[str, ...] = ()
    embedded_only: bool = False

    @property
    def settings(self) -> tuple[type[EnvSettings], ...]:
        """The settings it reads when it starts."""
        from caunoi import settings

        own: tuple[type[EnvSettings], ...] = ()
        if self.service:
            own = (importlib.import_module(f"services.{self.service}.settings").Settings,)
        if self.kind is Kind.WEB:
            own += (settings.WebSettings,)
        if self.kind is Kind.GATEWAY:
            own += (settings.GatewaySettings, settings.WebSettings)
        return (*own, settings.LogSettings)


def _service(name: str) -> tuple[Role, ...]:
    return (
        Role(f"{name}-api", Kind.WEB, name),
        Role(f"{name}-worker", Kind.WORKER, name, (events_queue(name), receipts_queue(name))),
        Role(f"{name}-relay", Kind.LOOP, name),
    )


ROLES: tuple[Role, ...] = (
    *(role for service in SERVICES for role in _service(service)),
    Role("assignments-clock", Kind.LOOP, "assignments"),
    Role("visits-clock", Kind.LOOP, "visits"),
    Role("notifications-sender", Kind.LOOP, "notifications"),
    Role("notifications-helper", Kind.LOOP, "notifications"),
    Role("notifications-clock", Kind.LOOP, "notifications"),
    Role("portal", Kind.WEB, "portal"),
    Role("gateway", Kind.GATEWAY),
    Role("mailbox", Kind.MAILBOX, embedded_only=True),
)

BY_NAME = {role.name: role for role in ROLES}
