"""REF: how many no-op Celery tasks a second one prefork worker drains, and how long a round trip takes."""

import os
import random
import signal
import smtplib
import subprocess
import sys
import time
from typing import Any, Self

import psutil

from benchmarks.figures import NotMeasured
from benchmarks.yardsticks.noop import QUEUE, REPLIES, client, make_app

TASKS = 2500
# Tasks at the beginning, while the worker fills its prefetch, and at the end, when it runs dry, do not count.
HEAD, TAIL = 600, 300
PATIENCE = 60.0  # seconds


class Worker:
    """The yardstick's worker, for a `with` block. It stands still (SIGSTOP) unless it is being measured."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._app = make_app(redis_url)
        self._redis = client(redis_url)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.yardsticks.noop"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"YARDSTICK_REDIS_URL": self._redis_url},
        )
        self.round_trip()
        self._signal(signal.SIGSTOP)
        return self

    def __exit__(self, *_: object) -> None:
        self._signal(signal.SIGCONT)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._app.close()
        self._redis.close()

    def drain_rate(self, tasks: int = TASKS) -> float:
        """Tasks a second over the steady part: all are published before the worker goes on."""
        self._publish("yardstick.noop", tasks)
        self._signal(signal.SIGCONT)
        try:
            first = self._when_at_most(tasks - HEAD)
            last = self._when_at_most(TAIL)
            self._when_at_most(0)
            time.sleep(0.3)  # the prefetched ones
        finally:
            self._signal(signal.SIGSTOP)
        return (first[1] - last[1]) / (last[0] - first[0])

    def round_trips(self, count: int, smtp: smtplib.SMTP, mail: tuple[str, str, bytes]) -> list[float]:
        """Seconds of: two round trips, then `mail` (sender, recipient, content) sent over an open connection."""
        self._signal(signal.SIGCONT)
        try:
            for _ in range(10):
                self.round_trip()
            found = []
            for _ in range(count):
                began = time.perf_counter()
                self.round_trip()
                self.round_trip()
                smtp.sendmail(*mail)
                found.append(time.perf_counter() - began)
                time.sleep(random.uniform(0.04, 0.1))  # from idle, as what it is compared with
        finally:
            self._signal(signal.SIGSTOP)
        return found

    def round_trip(self) -> None:
        """Publish a task and wait for the reply that it pushes to Redis."""
        self._publish("yardstick.reply", 1)
        if self._redis.blpop([REPLIES], timeout=20) is None:
            raise NotMeasured("The yardstick's worker does not answer.")

    def _publish(self, task: str, count: int) -> None:
        with self._app.producer_or_acquire() as producer:
            for _ in range(count):
                self._app.send_task(task, queue=QUEUE, producer=producer)

    def _when_at_most(self, count: int) -> tuple[float, int]:
        """The moment at which at most `count` tasks were left in the queue, and how many were."""
        deadline = time.monotonic() + PATIENCE
        while (left := int(_done(self._redis.llen(QUEUE)))) > count:
            if time.monotonic() > deadline:
                raise NotMeasured("The yardstick's worker does not drain its queue.")
            time.sleep(0.01)
        return time.monotonic(), left

    def _signal(self, sig: int) -> None:
        for process in [psutil.Process(self._process.pid), *psutil.Process(self._process.pid).children()]:
            process.send_signal(sig)


def _done(answer: Any) -> Any:
    """redis-py types every answer as perhaps awaitable."""
    return answer
