"""Entry of the worker, the relay and the sender."""

import time
from collections.abc import Callable, Sequence
from threading import Thread

from celery import Celery
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.alarms.actions import say
from services.notifications.deliveries.calls import Caller
from services.notifications.deliveries.carrier import Carrier
from services.notifications.deliveries.dkim import Signer
from services.notifications.deliveries.flying import WORKERS
from services.notifications.deliveries.gateway import GatewayCarrier
from services.notifications.deliveries.gateways import CHANNELS
from services.notifications.deliveries.mail import MailCarrier
from services.notifications.deliveries.mailer import Mailer
from services.notifications.deliveries.outlets import Outlet, Outlets
from services.notifications.deliveries.returned import note_returned
from services.notifications.deliveries.sender import Sender
from services.notifications.deliveries.smtp import SmtpClient
from services.notifications.deliveries.watch import Watch
from services.notifications.deliveries.webhook import WebhookCarrier
from services.notifications.duties import DUTIES
from services.notifications.grouping.tokens import GroupTokens
from services.notifications.handlers import AT_ONCE, HANDLERS
from services.notifications.letters.posting import Postman
from services.notifications.notifications.rules import CALLER, CALLING, HELPER, HELPING, SENDER, SENDING
from services.notifications.reachability.mailbox import BounceReader, Mailbox
from services.notifications.reachability.rules import Bounce
from services.notifications.retention.actions import forget_old
from services.notifications.settings import Settings
from services.notifications.templates.shelf import Shelf
from services.notifications.webhooks.sealing import Sealer
from shared import clock, logs
from shared.database import make_engine, make_sessions
from shared.messaging.clockwork import build_clock
from shared.messaging.loop import DueLoop, Pulse, Stop
from shared.messaging.relay import Relay
from shared.messaging.worker import build_due_loop, build_relay, build_worker

log = logs.get_logger()


def create_worker(settings: Settings | None = None) -> Celery:
    """The Celery application that drains this service's queues."""
    settings = settings or Settings.from_env()
    return build_worker(
        "notifications",
        database_url=settings.database_url,
        redis_url=settings.redis_url,
        handlers=HANDLERS,
        at_once=AT_ONCE,
        housekeeping=(forget_old,),
    )


def create_relay(settings: Settings | None = None) -> Relay:
    """The loop that publishes this service's events and ticks."""
    settings = settings or Settings.from_env()
    return build_relay("notifications", database_url=settings.database_url, redis_url=settings.redis_url)


def create_sender(settings: Settings | None = None) -> "SenderLoops":
    """The loops that work off what is due: one for e-mail, one for the channels over HTTP."""
    settings = settings or Settings.from_env()
    stop, pulse = Stop(), Pulse(SENDER)
    # Nobody who is told at once waits for what was written in bulk: that is the helper's.
    work = make_sender(settings, beat=pulse, stopping=stop, helped=HELPING, bulk=False).send_due
    mail = build_due_loop(
        SENDER, database_url=settings.database_url, channel=SENDING, work=work, stop=stop, pulse=pulse
    )
    callers = make_callers(settings, stopping=stop)

    def call(sessions: sessionmaker[Session]) -> None:
        for caller in callers:
            caller.send_due(sessions)
            if stop():
                caller.finish(sessions)

    beside = build_due_loop(
        CALLER,
        database_url=settings.database_url,
        channel=CALLING,
        work=call,
        stop=Followed(stop),
        pulse=Pulse(CALLER),
    )
    besides = [beside.run]
    if settings.bounce_mailbox:
        besides.append(make_bounce_loop(settings, settings.bounce_mailbox, stop))
    return SenderLoops(mail, besides, stop)


def create_helper(settings: Settings | None = None) -> DueLoop:
    """Another loop for e-mail: for what was written in bulk, and for the rest when the first has more than it can
    take, or leaves it alone."""
    settings = settings or Settings.from_env()
    stop, pulse = Stop(), Pulse(HELPER)
    work = make_sender(settings, beat=pulse, stopping=stop).send_due
    return build_due_loop(
        HELPER, database_url=settings.database_url, channel=HELPING, work=work, stop=stop, pulse=pulse
    )


def make_bounce_loop(settings: Settings, mailbox: Mailbox, stop: Stop) -> Callable[[], None]:
    """What reads the mailbox of bounces until the process ends."""
    sessions = make_sessions(
        make_engine(settings.database_url, application_name="notifications-bounces", pool_size=1)
    )

    def note(bounces: list[Bounce]) -> None:
        with sessions.begin() as session:
            note_returned(session, bounces)

    reader = BounceReader(mailbox, note, timeout=settings.smtp_timeout)

    def run() -> None:
        while not stop():
            try:
                if reader.poll_due():
                    with sessions.begin() as session:
                        say(
                            session,
                            "bounces",
                            {mailbox.name: reader.trouble} if reader.trouble else {},
                            clock.now(),
                        )
            except DBAPIError as error:  # the mails stay unseen, and are read again
                log.warning("bounces_wait", error=repr(error))
            time.sleep(0.5)

    return run


class Followed(Stop):
    """Ends when another does, and leaves the signals to it."""

    def __init__(self, stop: Stop) -> None:
        super().__init__()
        self._stop = stop

    def __call__(self) -> bool:
        """Whether the other has been told to end."""
        return self._stop()

    def on_signals(self) -> None:
        """Nothing: only the main thread may."""


class SenderLoops:
    """Mail in the main thread, calls beside it: a mail server that hangs holds up no text message, nor the other
    way round. If one ends, so does the process."""

    def __init__(self, mail: DueLoop, besides: Sequence[Callable[[], None]], stop: Stop) -> None:
        self._mail, self._besides, self._stop = mail, besides, stop

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        threads = [Thread(target=self._beside, args=(each,)) for each in self._besides]
        for each in threads:
            each.start()
        try:
            self._mail.run()
        finally:
            self._stop.ask()
            for each in threads:
                each.join()

    def _beside(self, run: Callable[[], None]) -> None:
        try:
            run()
        except Exception as error:
            log.error("loop_ended", exc_info=error)
        finally:
            self._stop.ask()


def make_callers(settings: Settings, *, stopping: Callable[[], bool] = lambda: False) -> list[Sender]:
    """What sends over HTTP: each channel that has a gateway, and webhooks."""
    tokens, page, timeout = Tokens(settings.secret_key), link_page(settings), settings.http_timeout
    shelf, carriers = Shelf(), list[Carrier]()
    for channel in CHANNELS:
        outlets = [Outlet(each.name, each.weight, each) for each in settings.gateways if each.channel is channel]
        if outlets:
            caller = Caller(timeout=timeout, at_once=WORKERS)
            carriers.append(
                GatewayCarrier(channel, Outlets(outlets), caller, tokens, page, timeout=timeout, shelf=shelf)
            )
    caller = Caller(timeout=timeout, at_once=WORKERS, allowed=settings.webhook_networks)
    carriers.append(WebhookCarrier(caller, Sealer(settings.secret_key), tokens, page, timeout=timeout))
    return [
        Sender(each, stopping=stopping, besides=[Watch(each, late_after=settings.late_after), shelf])
        for each in carriers
    ]


def link_page(settings: Settings) -> str:
    """Where a link that acknowledges leads to, without its token."""
    return f"{settings.public_url}/xac-nhan/"


def create_clock(settings: Settings | None = None) -> DueLoop:
    """The loop that does what the service does by itself besides sending: see `duties`."""
    settings = settings or Settings.from_env()
    return build_clock("notifications", database_url=settings.database_url, duties=DUTIES)


def make_sender(
    settings: Settings,
    *,
    beat: Callable[[Session], None] = lambda session: None,
    stopping: Callable[[], bool] = lambda: False,
    helped: str | None = None,
    bulk: bool = True,
) -> Sender:
    """What sends, over the servers of the settings. `beat`: a long backlog must not look like death. `bulk`: also
    what was written in bulk."""
    envelope_sender = settings.bounce_sender or settings.sender.address
    clients = [SmtpClient(each, envelope_sender, settings.smtp_timeout) for each in settings.smtp]
    servers = zip(settings.smtp, clients, strict=True)
    outlets = Outlets([Outlet(each.name, each.weight, client, client.check) for each, client in servers])
    secret = settings.secret_key
    shelf = Shelf()
    mailer = Mailer(settings.sender, Tokens(secret), GroupTokens(secret), settings.public_url, shelf)
    signer = Signer(settings.sender.domain, settings.dkim)
    carrier = MailCarrier(outlets, mailer, signer, timeout=settings.smtp_timeout, bulk=bulk)

    def mail(subject: str, text: str) -> bool:
        return carrier.send_plain(settings.sender, settings.operator, subject, text)

    def post(to: str, subject: str, text: str) -> bool:
        return carrier.send_plain(settings.sender, to, subject, text)

    watch = Watch(carrier, late_after=settings.late_after, mail=mail if settings.operator else None)
    postman = Postman(post, settings.secret_key)
    return Sender(carrier, beat=beat, stopping=stopping, besides=[watch, postman, shelf], helped=helped)
