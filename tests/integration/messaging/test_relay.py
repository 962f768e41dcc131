"""Outbox and relay: what is committed is published until it is confirmed, in batches, no more often than needed."""

import base64
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import psycopg
import pytest
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from caunoi.embedded.redis import Redis
from shared.messaging import housekeeping, outbox
from shared.messaging.events import read
from shared.messaging.queues import BATCH, Publisher, events_queue, handle_task, make_celery
from shared.messaging.relay import Relay
from shared.messaging.schema import NOTIFY_CHANNEL, RELAY_AWAKE
from tests.support.facts import escalated, routed

Sessions = sessionmaker[Session]


class Broker:
    """What lies in Redis, seen from outside."""

    def __init__(self, server: Redis) -> None:
        self.url = server.url
        self.client = server.client()

    def batches(self, queue: str) -> list[list[str]]:
        """The batches of events waiting in a queue, oldest first."""
        messages = [orjson.loads(raw) for raw in reversed(self.client.lrange(queue, 0, -1))]
        return [orjson.loads(base64.b64decode(message["body"]))[0][0] for message in messages]


@pytest.fixture(scope="module")
def redis_server() -> Iterator[Redis]:
    """A Redis of its own, since the tests wipe it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="caunoi-redis-")))
        yield stack.enter_context(Redis(folder / "data", folder, folder / "redis.log").running())


@pytest.fixture
def broker(redis_server: Redis) -> Iterator[Broker]:
    """A broker whose queues are empty."""
    made = Broker(redis_server)
    made.client.flushall()
    yield made
    made.client.close()


def relay_of(producer: Sessions, url: str) -> Relay:
    """A relay that is stepped by hand."""
    engine = producer.kw["bind"]
    assert isinstance(engine, Engine)
    return Relay("visits", engine, make_celery("visits", url), ())


def record(producer: Sessions, count: int) -> None:
    """Commit escalations."""
    with producer.begin() as session:
        outbox.record_many(session, [(escalated(number), None) for number in range(count)])


def plain(raw: bytes | str) -> dict[str, Any]:
    """A message with its ids and its body made comparable."""
    message: dict[str, Any] = orjson.loads(raw)
    message["body"] = orjson.loads(base64.b64decode(message["body"]))
    headers, properties = message["headers"], message["properties"]
    assert headers["id"] == headers["root_id"] == properties["correlation_id"]
    for fields, name in ((headers, "id"), (headers, "root_id"), (properties, "correlation_id")):
        fields[name] = "an id"
    properties["delivery_tag"] = "a tag"
    # Of a result, which there is none of, and what Redis does not know.
    for name in ("reply_to", "argsrepr", "kwargsrepr", "delivery_mode"):
        properties.pop(name, None)
    return message


def test_a_message_is_what_celery_itself_would_send(broker: Broker) -> None:
    """Field by field, also the second one."""
    celery, queue = make_celery("visits", broker.url), events_queue("assignments")
    silent = {"ignore_result": True, "argsrepr": "", "kwargsrepr": ""}
    celery.send_task(handle_task("assignments"), args=[["{}"]], queue=queue, **silent)
    publisher = Publisher(celery)
    for _ in range(2):
        publisher.send({"assignments": ["{}"]})
    ours_again, ours, theirs = (plain(raw) for raw in broker.client.lrange(queue, 0, -1))
    assert ours == ours_again == theirs


def test_a_lone_event_is_published_from_the_news_of_it(producer: Sessions, broker: Broker) -> None:
    """Without a look; once, also when it was looked for meanwhile; and it stands as published. Several events, and
    one too long for a notification, are looked for. While the relay is awake, nothing is told."""
    url = producer.kw["bind"].url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute(f"LISTEN {NOTIFY_CHANNEL}")

        def heard() -> list[str]:
            return [each.payload for each in listener.notifies(timeout=1, stop_after=1)]

        relay = relay_of(producer, broker.url)
        record(producer, 1)
        news = heard()
        told = relay.publish_heard(news)
        [[body]] = broker.batches("assignments.events")
        assert [body] == news and [read(body).id] == told
        assert relay.publish_heard(news) == []
        relay.take(told)
        assert relay.publish_due() == 0 and seconds_until_due(producer) > 5
        record(producer, 1)
        news = heard()
        assert relay.publish_due() == 1 and relay.publish_heard(news) == []
        record(producer, 1)
        relay.publish_heard(heard())  # and dies
        assert relay_of(producer, broker.url).publish_due() == 1
        record(producer, 2)
        assert heard() == [""]
        with producer.begin() as session:
            long = escalated()
            long.data["issue"]["title"] = "đ" * 5000
            outbox.record(session, long)
        assert heard() == [""] and relay.publish_heard([""]) == []
        assert relay.publish_due() == 3
        listener.execute("SELECT pg_advisory_lock(%s)", (RELAY_AWAKE,))
        record(producer, 1)
        assert heard() == []


def make_due(producer: Sessions) -> None:
    """As if the time to repeat had come."""
    with producer.begin() as session:
        session.execute(text("UPDATE outbox SET due_at = now() - interval '1 second'"))


def seconds_until_due(producer: Sessions) -> float:
    """Until the first event is due."""
    with producer() as session:
        return float(
            session.execute(text("SELECT extract(epoch FROM min(due_at) - now()) FROM outbox")).scalar_one()
        )


def test_an_event_exists_exactly_when_its_transaction_does(producer: Sessions) -> None:
    """A transaction rolled back leaves no event behind."""
    with producer() as session:
        outbox.record(session, escalated())
        session.rollback()
    with producer() as session:
        assert session.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 0


def test_events_travel_in_batches(producer: Sessions, broker: Broker) -> None:
    """Four hundred and fifty events become three tasks, in the order in which they were recorded."""
    record(producer, 450)
    assert relay_of(producer, broker.url).publish_due() == 450
    batches = broker.batches("assignments.events")
    assert [len(batch) for batch in batches] == [BATCH, BATCH, 50]
    codes = [orjson.loads(body)["data"]["issue"]["code"] for batch in batches for body in batch]
    assert codes == sorted(codes)


def test_every_subscriber_gets_its_own_copy(producer: Sessions, broker: Broker) -> None:
    """An event with two subscribers is put into both queues and is finished when both have confirmed."""
    with producer.begin() as session:
        outbox.record(session, routed())
    relay_of(producer, broker.url).publish_due()
    [[body]] = broker.batches("visits.events")
    assert broker.batches("notifications.events") == [[body]]
    event_id = orjson.loads(body)["id"]
    for subscriber, left in (("visits", ["notifications"]), ("visits", ["notifications"]), ("notifications", [])):
        with producer.begin() as session:
            outbox.confirm(session, subscriber, [event_id])
            assert session.execute(text("SELECT waiting_for FROM outbox")).scalar_one() == left


def test_nothing_is_published_twice_before_its_time(producer: Sessions, broker: Broker) -> None:
    """A second relay, or a second cycle, finds nothing due."""
    record(producer, 3)
    assert [relay_of(producer, broker.url).publish_due() for _ in range(2)] == [3, 0]


def test_a_lost_message_is_published_again(producer: Sessions, broker: Broker) -> None:
    """What nobody confirmed is published again, unless the queue shows that the consumer is merely behind."""
    record(producer, 3)
    relay = relay_of(producer, broker.url)
    relay.publish_due()
    make_due(producer)
    relay.publish_due()
    assert len(broker.batches("assignments.events")) == 1
    broker.client.delete("assignments.events")
    make_due(producer)
    relay.publish_due()
    assert [len(batch) for batch in broker.batches("assignments.events")] == [3]


def test_what_was_lost_while_a_consumer_was_behind_comes_again_once_it_caught_up(
    producer: Sessions, broker: Broker
) -> None:
    """However often a repeat was put off, it is due a moment after the queue is empty, and not before."""
    record(producer, 3)
    relay = relay_of(producer, broker.url)
    relay.see_who_caught_up()
    relay.publish_due()
    for _ in range(6):
        make_due(producer)
        relay.publish_due()
    relay.see_who_caught_up()
    assert seconds_until_due(producer) > 60
    broker.client.delete("assignments.events")
    relay.see_who_caught_up()
    assert 0 < seconds_until_due(producer) <= outbox.GRACE
    make_due(producer)
    relay.publish_due()
    assert [len(batch) for batch in broker.batches("assignments.events")] == [3]


def test_a_relay_that_begins_looks_after_what_another_has_put_off(producer: Sessions, broker: Broker) -> None:
    """A relay does not know what the one before it has put off: with the queue empty, repeats are due soon."""
    record(producer, 3)
    with producer.begin() as session:
        session.execute(text("UPDATE outbox SET due_at = now() + interval '300 seconds', attempts = 6"))
    relay_of(producer, broker.url).see_who_caught_up()
    assert seconds_until_due(producer) <= outbox.GRACE


def test_a_wiped_redis_is_noticed_at_once(producer: Sessions, broker: Broker) -> None:
    """After FLUSHALL the next look at the broker makes everything unfinished due, without waiting for its time."""
    relay = relay_of(producer, broker.url)
    relay.watch_broker()
    record(producer, 3)
    relay.publish_due()
    broker.client.flushall()
    relay.watch_broker()
    broker.client.lpush("assignments.events", b"a tick that came first")
    relay.publish_due()
    broker.client.rpop("assignments.events")
    assert [len(batch) for batch in broker.batches("assignments.events")] == [3]


def test_without_redis_events_stay_due(producer: Sessions) -> None:
    """With Redis away the relay raises, and the events it had claimed are due at once."""
    record(producer, 3)
    with pytest.raises((BrokerError, OSError)):
        relay_of(producer, "redis+socket:///nonexistent.sock").publish_due()
    with producer() as session:
        due = session.execute(text("SELECT count(*) FROM outbox WHERE due_at <= now()")).scalar_one()
    assert due == 3


def test_pruning_never_takes_unfinished_events(producer: Sessions) -> None:
    """However old, an event that somebody still waits for is kept; a finished one is forgotten."""
    record(producer, 2)
    with producer.begin() as session:
        session.execute(text("UPDATE outbox SET recorded_at = now() - interval '400 days'"))
        session.execute(text("UPDATE outbox SET waiting_for = '{}' WHERE seq = (SELECT min(seq) FROM outbox)"))
    assert housekeeping.prune(producer)["outbox"] == 1
    with producer() as session:
        assert session.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 1
