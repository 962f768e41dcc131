"""The yardstick of the HTTP figures: bare Flask with one committed INSERT, or one SELECT, and nothing else.

The table is as wide as that of issues, with a primary key and no other index; the engine is made by the same
helper, and gunicorn serves it as it serves an API (two sync workers on a Unix socket).
"""

import os
import sys
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from flask import Flask, request
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid, func, insert, select, text

from benchmarks import load
from benchmarks.figures import NotMeasured
from caunoi import process
from shared import clock
from shared.database import make_engine
from shared.ids import uuid7

ROWS = 20_000
_TEXTS = (
    "code", "state", "kind", "category", "severity", "title", "description",
    "unit_code", "unit_path", "unit_name", "hamlet_name", "created_by",
)  # fmt: skip

issues = Table(
    "bare_issues",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("hamlet_id", Uuid),
    Column("reported_at", DateTime(timezone=True), nullable=False),
    *(Column(name, Text) for name in _TEXTS),
)


def create_app(database_url: str) -> Flask:
    """The application; gunicorn calls it in each worker."""
    app = Flask("bare")
    engine = make_engine(database_url, application_name="bare")

    @app.post("/issues")
    def report() -> Any:
        row = _row(request.get_json())
        with engine.begin() as connection:
            connection.execute(insert(issues), row)
        return row, 201

    @app.get("/issues/<uuid:issue_id>")
    def read(issue_id: UUID) -> Any:
        with engine.connect() as connection:
            row = connection.execute(select(issues).where(issues.c.id == issue_id)).one()
        return dict(row._mapping)

    return app


def _row(given: dict[str, Any]) -> dict[str, Any]:
    texts = {name: given.get(name, "Xã Mỹ Thạnh, Huyện Giồng Trôm, Tỉnh Bến Tre") for name in _TEXTS}
    ids = {"id": uuid7(), "unit_id": uuid7(), "hamlet_id": None}
    return {**ids, "version": 1, "step": 0, "reported_at": clock.now(), **texts}


class Bare:
    """The application behind gunicorn, on a database of its own, for a `with` block."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.socket = str(folder / "bare.sock")
        self._log = folder / "bare.log"
        self._url = database_url

    def __enter__(self) -> Self:
        self.ids = self._fill()
        options = f"--workers 2 --worker-class sync --bind unix:{self.socket} --no-control-socket"
        if os.access("/dev/shm", os.W_OK):
            options += " --worker-tmp-dir /dev/shm"
        application = f"benchmarks.yardsticks.bare:create_app({self._url!r})"
        root = Path(__file__).resolve().parents[2]
        self._process = process.start_program(
            [sys.executable, "-m", "gunicorn", *options.split(), "--chdir", str(root), application],
            log=self._log,
            stop_signal=15,
        )
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        process.stop(self._process, 15, 10)

    def _fill(self) -> list[UUID]:
        engine = make_engine(self._url, application_name="bare", pool_size=1)
        given = {"title": "Cống ngăn mặn bị hỏng", "description": "Nước mặn tràn vào kênh nội đồng. " * 8}
        with engine.begin() as connection:
            issues.create(connection)
            rows = [_row(given) for _ in range(ROWS)]
            connection.execute(insert(issues), rows)
        with engine.connect() as connection:
            connection.execute(text("ANALYZE bare_issues"))
            assert connection.scalar(select(func.count()).select_from(issues)) == ROWS
        engine.dispose()
        return [row["id"] for row in rows]

    def _wait(self) -> None:
        for _ in range(100):
            try:
                load.ask(self.socket, load.request("GET", f"/issues/{self.ids[0]}"))
                return
            except OSError:
                if process.wait(self._process, 0.1) is not None:
                    break
        raise NotMeasured(f"The bare Flask application does not start: {self._log.read_text()[-2000:]}")
