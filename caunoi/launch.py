"""Runs one role in the foreground, in this process, until it is told to stop."""

import gc
import importlib
import os
import signal
import socket
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery.exceptions import SecurityWarning
from gunicorn.app.base import BaseApplication

from caunoi.process import die_with, name_process
from caunoi.roles import Kind, Role
from caunoi.settings import GatewaySettings, LogSettings, WebSettings
from shared import logs


def run(
    role: Role, *, bind: str | None = None, listener: socket.socket | None = None, home: Path | None = None
) -> None:
    """Run a role. `bind` and `listener` are where the supervisor has it listen; `home` holds the mailbox."""
    name_process(role.name)
    logs.configure(role.name, LogSettings.from_env().level)
    match role.kind:
        case Kind.WEB:
            run_web(role, bind)
        case Kind.WORKER:
            run_worker(role)
        case Kind.LOOP:
            loop = getattr(_module(role, "worker"), f"create_{role.name.rpartition('-')[2]}")()
            _freeze()
            loop.run()
        case Kind.GATEWAY:
            from caunoi.gateway.server import serve as serve_gateway

            serve_gateway(GatewaySettings.from_env(), bind=bind or WebSettings.from_env().bind, listener=listener)
        case Kind.MAILBOX:
            from caunoi.mailbox.server import serve as serve_mailbox

            if bind is None or listener is None or home is None:
                raise SystemExit("The mailbox belongs to `caunoi up`; elsewhere set CAUNOI_SMTP_URL.")
            serve_mailbox(home, listener, bind)


def _module(role: Role, name: str) -> Any:
    return importlib.import_module(f"services.{role.service}.{name}")


class _Web(BaseApplication):
    """gunicorn, configured by us alone: no file, no variable and no argument of its own is read."""

    def __init__(self, create: Callable[[], Any], options: dict[str, Any]) -> None:
        self._create = create
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._create()


def run_web(role: Role, bind: str | None) -> None:
    """Serve a Flask application, made here once; its forked workers share the memory."""
    settings = WebSettings.from_env()
    memory = "/dev/shm"
    options = {
        "bind": bind or settings.bind,
        "workers": settings.web_workers,
        "worker_class": "sync",
        "preload_app": True,
        "pre_fork": _before_fork,
        "worker_tmp_dir": memory if os.access(memory, os.W_OK) else None,
        "timeout": 60,
        "graceful_timeout": 8,
        # A socket is for the gateway, which runs as the same user.
        "umask": 0o077,
        "loglevel": "warning",
        "accesslog": None,
        "control_socket_disable": True,
        # Only the gateway gets here, and it sets these headers itself.
        "forwarded_allow_ips": "*",
        # A little above what the gateway lets through, whose refusals are problem+json.
        "limit_request_line": 8190,
        "limit_request_fields": 160,
        "limit_request_field_size": 16380,
        "post_fork": _begin_worker,
    }
    _Web(_module(role, "app").create_app, options).run()


def _before_fork(_arbiter: Any, _worker: Any) -> None:
    _freeze()


def _freeze() -> None:
    # What is loaded now stays: the collector need not look at it again, nor write to pages about to be shared.
    gc.collect()
    gc.freeze()


def _begin_worker(arbiter: Any, _worker: Any) -> None:
    die_with(arbiter.pid, signal.SIGKILL)
    sessions = getattr(arbiter.app.wsgi(), "sessions", None)
    if sessions is not None:
        # A connection belongs to the process that opened it, should the application have opened one while starting.
        sessions.kw["bind"].dispose(close=False)


def run_worker(role: Role) -> None:
    """Drain a role's queues with Celery, one task at a time in this very process."""
    # Celery warns of root because of pickle, which is not accepted here.
    warnings.simplefilter("ignore", SecurityWarning)
    # The parent of `celery worker`: the command line of Celery itself costs 20 MB.
    worker = (
        _module(role, "worker")
        .create_worker()
        .Worker(
            hostname=f"{role.name}@{socket.gethostname()}",
            pool_cls="solo",
            queues=list(role.queues),
            loglevel="WARNING",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            redirect_stdouts=False,
            quiet=True,
        )
    )
    _freeze()
    worker.start()
    raise SystemExit(worker.exitcode)
