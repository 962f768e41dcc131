"""The Celery application of the yardstick REF: tasks that do nothing. Its worker is a program of its own.

It is set up as in DESIGN: acks late, prefetch 64, no result backend, no events.
"""

import os

import redis
from celery import Celery

QUEUE = "yardstick"
REPLIES = "yardstick-replies"
PREFETCH = 64


def make_app(redis_url: str) -> Celery:
    """The application on a Redis reached over a Unix socket."""
    app = Celery("yardstick", broker=redis_url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_default_queue=QUEUE,
        worker_prefetch_multiplier=PREFETCH,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
    )
    replies: list[redis.Redis] = []

    @app.task(name="yardstick.noop", shared=False)
    def noop() -> None:
        pass

    @app.task(name="yardstick.reply", shared=False)
    def reply() -> None:
        if not replies:  # one connection for each child of the pool, made after the fork
            replies.append(client(redis_url))
        replies[0].lpush(REPLIES, 1)

    return app


def client(redis_url: str) -> redis.Redis:
    """A plain connection to the same Redis."""
    return redis.Redis(unix_socket_path=redis_url.removeprefix("redis+socket://"), socket_timeout=30)


if __name__ == "__main__":
    make_app(os.environ["YARDSTICK_REDIS_URL"]).worker_main(
        [
            "--quiet",
            "worker",
            "--pool=prefork",
            "--concurrency=2",
            "--loglevel=ERROR",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
    )
