"""Opening accounts, choosing passwords, ending sessions."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.assignments.accounts import passwords, queries, rules
from services.assignments.accounts.model import Account, AccountLink, AccountSession
from services.assignments.accounts.rules import Ended, LinkKind
from services.assignments.accounts.signing_in import forget_attempts
from services.assignments.audit.actions import act_as
from services.assignments.officials.model import Official
from services.assignments.roles.queries import capacities_of
from shared import clock
from shared.errors import BadInput, Conflict, NotFound, RuleBroken
from shared.ids import uuid7
from shared.messaging.outbox import record
from shared.sealing import Seal
from shared.web.auth import Principal

PAGE = "/mat-khau/"  # of the portal, where a password is chosen
FORGOTTEN = "/quen-mat-khau"  # where a link to it is asked for
LINK_SEAL = "caunoi account links v1"  # its holder in notifications opens what is sealed here


class Post:
    """Sends account mail: the link in it is sealed, because events are kept for weeks."""

    def __init__(self, secret_key: str, public_url: str) -> None:
        self._seal = Seal(secret_key, LINK_SEAL)
        self._page = public_url + PAGE
        self._forgotten = public_url + FORGOTTEN

    def address(self, token: str) -> str:
        """The page behind a link."""
        return self._page + token

    def send(self, session: Session, link: AccountLink, account: Account, token: str) -> None:
        """Have the mail sent once this is committed."""
        sealed = self._seal.seal(self.address(token))
        record(session, rules.mail_due(account, link.id, link.kind, sealed, link.expires_at))

    def tell(self, session: Session, account: Account, news: rules.News) -> None:
        """Have the owner told by mail once this is committed, with the page for whom it was not."""
        sealed = self._seal.seal(self._forgotten)
        record(session, rules.mail_due(account, uuid7(), news, sealed, clock.now() + rules.NEWS_LASTS))


def open_account(session: Session, official: Official) -> Account:
    """The account of an official, made if there is none. Raises RuleBroken without an address, Conflict if another
    official has an account with it."""
    if not official.email:
        raise RuleBroken("This official has no e-mail address to be invited by.", field="official")
    if not official.active:
        raise RuleBroken("This official is not active.", field="official")
    login = rules.login_of(official.email)
    known = queries.by_login(session, login)
    if known is not None and known.official_id != official.id:
        raise Conflict("Another official has an account with this e-mail address.", field="official")
    account = session.get(Account, official.id)
    if account is None:
        account = Account.of(official, login)
        session.add(account)
    elif account.login != login:
        account.login, account.version = login, account.version + 1
    return account


def invite(session: Session, official: Official) -> tuple[Account, AccountLink, str]:
    """Open an account and make the link that lets its owner choose a password; earlier links are good no more.
    Raises RuleBroken, Conflict."""
    account = open_account(session, official)
    return account, *_link(session, account, LinkKind.INVITATION)


def check_may_manage(session: Session, who: Principal, official: Official) -> None:
    """Accounts are managed inside the territory, and those who manage accounts themselves only by others who reach
    as far. Raises Forbidden."""
    who.check(official.unit.path)
    for capacity in capacities_of(session, official.id):
        if "assignments:accounts" in capacity.scopes:
            for path in capacity.territories:
                who.check(path)


def ask_reset(session: Session, email: str, post: Post) -> None:
    """Send a link to whoever has this address and may sign in; nobody learns from the answer whether that is so."""
    account = queries.by_login(session, email)
    if account is not None and account.may_sign_in:
        link, token = _link(session, account, LinkKind.RESET)
        post.send(session, link, account, token)


def _link(session: Session, account: Account, kind: LinkKind) -> tuple[AccountLink, str]:
    _use_links(session, account.official_id)
    link, token = AccountLink.of(account, kind)
    session.flush()  # the account, if it is new
    session.add(link)
    return link, token


def _use_links(session: Session, official_id: UUID) -> None:
    session.execute(
        update(AccountLink)
        .where(AccountLink.official_id == official_id, AccountLink.used_at.is_(None))
        .values(used_at=clock.now())
    )


def choose_password(session: Session, token: str, password: str, post: Post) -> Account:
    """Set the password over a link, which is used up; whoever is signed in has to do so again. If there was one
    before, its owner is told. Raises NotFound, Gone, BadInput."""
    link = queries.good_link(session, token)
    account = queries.account_of(session, link.official_id, lock=True)
    if not account.may_sign_in:
        raise NotFound("This link is not valid.")
    act_as(session, account.official_id)
    if account.password_hash:
        post.tell(session, account, rules.News.PASSWORD_CHANGED)
    _set_password(session, account, password)
    return account


def change_password(session: Session, who: Principal, current: str, new: str, post: Post) -> Account:
    """Set another password, knowing the one there is; its owner is told. Raises BadInput, Forbidden."""
    account = queries.own_account(session, who, lock=True)
    if not passwords.matches(account.password_hash, current):
        raise BadInput("This is not your password.", field="current")
    _set_password(session, account, new)
    post.tell(session, account, rules.News.PASSWORD_CHANGED)
    return account


def _set_password(session: Session, account: Account, password: str) -> None:
    about = (account.official.full_name, *account.login.split("@")[0].split("."), "caunoi")
    fault = rules.weakness(password, (*account.official.full_name.split(), *about))
    if fault is not None:
        raise BadInput(rules.WEAK[fault], field="password", weakness=fault)
    account.password_hash, account.version = passwords.hashed(password), account.version + 1
    _use_links(session, account.official_id)
    end_sessions(session, account.official_id, Ended.PASSWORD)
    forget_attempts(session, account.login)


def end_sessions(session: Session, official_id: UUID, why: Ended, only: UUID | None = None) -> int:
    """Sign an official out everywhere, or in one session only; returns how many sessions that ended. No token is
    given for them any more; the access tokens they have run out within minutes."""
    alive = select(AccountSession).where(
        AccountSession.official_id == official_id, AccountSession.ended_at.is_(None)
    )
    if only is not None:
        alive = alive.where(AccountSession.id == only)
    found = session.scalars(alive.with_for_update()).all()
    for each in found:
        each.end(why)
    return len(found)


def block(session: Session, official_id: UUID, blocked: bool) -> Account:
    """Let an official sign in no more, or again; whoever is signed in is signed out. Raises NotFound."""
    account = queries.account_of(session, official_id, lock=True)
    if blocked != (account.blocked_at is not None):
        account.blocked_at, account.version = clock.now() if blocked else None, account.version + 1
    if blocked:
        _use_links(session, official_id)
        end_sessions(session, official_id, Ended.BY_ADMINISTRATOR)
    return account
