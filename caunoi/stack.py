"""The whole system on one machine: servers, migrations, roles; `caunoi up`."""

import errno
import gc
import importlib
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from caunoi import environment, logfiles, process
from caunoi.errors import StartError
from caunoi.home import Home
from caunoi.readiness import probe
from caunoi.roles import ROLES, SERVICES, Kind, Role
from caunoi.servers import bring_up_to_date
from caunoi.settings import UpSettings
from caunoi.supervisor import Managed, Supervisor
from shared.settings import EnvSettings, SettingsError

# What is asked to stop first: the door, then those who serve, then those who work, then what they work on.
RANKS = {Kind.GATEWAY: 0, Kind.WEB: 1, Kind.LOOP: 1, Kind.WORKER: 2, Kind.MAILBOX: 3}
REDIS_RANK, POSTGRES_RANK = 4, 5


@dataclass
class Stack:
    """One system: where it lives, where it listens, what runs."""

    settings: UpSettings
    home: Home
    listener: socket.socket
    smtp: socket.socket | None
    say: Callable[[str], None]
    inherited: list[int] = field(default_factory=list)  # descriptors that roles must not keep
    url: str = ""

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.write_state, self.say)
        self.url = self.url or url_of(self.listener)
        port = self.smtp.getsockname()[1] if self.smtp else None
        self.environment = environment.of_system(self.settings, self.home, self.url, port)
        self.postgres = environment.embedded_postgres(self.settings, self.home)
        self.redis = environment.embedded_redis(self.settings, self.home)

    def run(self) -> None:
        """Start everything, stay until asked to stop, stop everything. Raises StartError and server errors."""
        began = time.monotonic()
        with self.supervisor.signals():
            try:
                for step in (self.start_servers, self.migrate, self.start_roles):
                    if not self.supervisor.asked_to_stop:
                        step()
                self.wait_ready(began)
                while not self.supervisor.asked_to_stop:
                    self.supervisor.wait(5.0)
                    for name in self.supervisor.children:
                        logfiles.rotate(self.home.log(name))
                self.say("Stopping …")
            finally:
                self.supervisor.asked_to_stop = max(1, self.supervisor.asked_to_stop)
                self.listener.close()
                self.supervisor.stop_all()
                self.home.state_file.unlink(missing_ok=True)
                self.home.remove_sockets()
        self.say("Stopped.")

    def start_servers(self) -> None:
        """Start PostgreSQL and Redis; the programs of the roles are loaded while PostgreSQL makes its files."""
        making = None
        if self.postgres:
            making = process.fork(self.postgres.prepare, log=self.home.log("postgres"))
        if self.redis:
            redis = self.supervisor.add(Managed("redis", self.redis.start, REDIS_RANK))
        environment.apply(self.environment)
        load_programs()
        if self.postgres and making:
            if process.wait(making, 60) != 0:
                raise StartError(f"PostgreSQL could not be set up:\n{self.postgres.last_lines()}")
            postgres = self.supervisor.add(
                Managed("postgres", self.postgres.start, POSTGRES_RANK, signal.SIGINT, grace=30)
            )
            self.postgres.wait_ready(postgres, 60)
            self.postgres.create_databases([environment.database(service) for service in SERVICES])
        if self.redis:
            self.redis.wait_ready(redis, 30)
        names = [name for name, server in (("PostgreSQL", self.postgres), ("Redis", self.redis)) if server]
        if names:
            self.say(f"{' and '.join(names)} started in {self.home.path}")

    def migrate(self) -> None:
        """Bring the three databases to the newest schema, side by side."""
        migrate(self.home)
        self.say("Databases are up to date")

    def start_roles(self) -> None:
        """Start every role as a process of its own."""
        # What was loaded is shared with the children; the collector must not write to its pages.
        gc.collect()
        gc.freeze()
        roles = [role for role in ROLES if self.smtp or not role.embedded_only]
        for role in roles:
            self.supervisor.add(Managed(role.name, partial(self.fork_role, role), RANKS[role.kind]))
        self.say(f"{len(roles)} roles started, logs in {self.home.logs}")

    def fork_role(self, role: Role) -> process.Child:
        """Start one role; it gets the sockets that are its own and keeps no other."""
        from caunoi import launch

        listener = {Kind.GATEWAY: self.listener, Kind.MAILBOX: self.smtp}.get(role.kind)
        bind = environment.socket_url(self.home, role.name)
        body = partial(launch.run, role, bind=bind, listener=listener, home=self.home.mailbox)
        return process.fork(body, log=self.home.log(role.name), prepare=partial(self._let_go, listener))

    def _let_go(self, keep: socket.socket | None) -> None:
        for descriptor in self.inherited:
            os.close(descriptor)
        for other in (self.listener, self.smtp):
            if other is not None and other is not keep:
                other.close()

    def wait_ready(self, began: float) -> None:
        """Wait until every part works and say so; say what is missing when it takes long."""
        next_word = began + 20
        address = self.listener.getsockname()[:2]
        while not self.supervisor.asked_to_stop:
            missing = probe(address)
            if missing is None:
                self.say(f"Ready in {time.monotonic() - began:.1f} s: {self.url}")
                if self.smtp:
                    self.say(f"Mail is not sent but kept in the built-in mailbox: {self.url}/mailbox")
                return
            if time.monotonic() > next_word:
                self.say(f"Not ready yet: {missing}")
                next_word = time.monotonic() + 20
            self.supervisor.wait(0.15)

    def write_state(self) -> None:
        """Write down what runs, for commands and tests."""
        sockets = {role.name: environment.socket_url(self.home, role.name) for role in ROLES}
        public = {key: value for key, value in self.environment.items() if key != "CAUNOI_SECRET_KEY"}
        self.home.write_state(
            {
                "url": self.url,
                "pid": os.getpid(),
                "roles": {
                    each.name: {"pid": each.pid, "restarts": each.restarts}
                    for each in self.supervisor.children.values()
                },
                "sockets": sockets,
                "environment": public,
            }
        )


def check_settings() -> None:
    """Raises SettingsError that lists every variable given with a wrong value, whichever role would read it."""
    faults: set[str] = set()
    declared: set[type[EnvSettings]] = {UpSettings, *(each for role in ROLES for each in role.settings)}
    for each in declared:
        try:
            each.from_env()
        except SettingsError as error:
            # What is missing is filled in below.
            faults |= {fault for fault in error.faults if " is missing:" not in fault}
    if faults:
        raise SettingsError(sorted(faults))


def load_programs() -> None:
    """Import what the roles run, once: forked, they start at once and share the memory."""
    for service in SERVICES:
        importlib.import_module(f"services.{service}.app")
        importlib.import_module(f"services.{service}.worker")
    for name in (
        "services.portal.app",
        "caunoi.launch",
        "caunoi.gateway.server",
        "caunoi.mailbox.server",
        "gunicorn.workers.sync",
        "billiard.pool",
        "celery.app.amqp",
        "celery.app.control",
        "celery.app.events",
        "celery.app.log",
        "celery.apps.worker",
        "celery.backends.base",
        "celery.concurrency.solo",
        "celery.events.dispatcher",
        "celery.fixups.django",
        "celery.loaders.app",
        "celery.worker.autoscale",
        "celery.worker.components",
        "celery.worker.consumer.delayed_delivery",
        "celery.worker.strategy",
        "kombu.pidbox",
        "kombu.transport.redis",
    ):
        importlib.import_module(name)


def migrate(home: Home) -> None:
    """Migrate the three databases named in the environment, each in a process of its own."""
    children = {
        service: process.fork(partial(bring_up_to_date, service), log=home.log("migrate")) for service in SERVICES
    }
    failed = [service for service, child in children.items() if process.wait(child, 300) != 0]
    if failed:
        tail = "\n".join(home.log("migrate").read_text(errors="replace").splitlines()[-15:])
        raise StartError(f"The database of {', '.join(failed)} could not be migrated:\n{tail}")


def url_of(listener: socket.socket) -> str:
    """The address at which this machine's own browser reaches a listening socket."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, held for as long as the system is up. Raises StartError with the reason."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except OSError as error:
        reason = (
            "is taken by another program"
            if error.errno == errno.EADDRINUSE
            else f"cannot be used: {error.strerror}"
        )
        raise StartError(f"Port {port} on {host} {reason}; choose another with --port.") from None
    return listener


def up(settings: UpSettings, home_path: Path, say: Callable[[str], None]) -> None:
    """Run the whole system until it is told to stop. Raises StartError, HomeError and the servers' errors."""
    home = Home.at(home_path)
    with home.locked("caunoi up") as lock, listen(settings.host, settings.port) as listener:
        smtp = None if settings.smtp_url else listen("127.0.0.1", 0)
        Stack(settings, home, listener, smtp, say, inherited=[lock]).run()
