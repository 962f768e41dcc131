"""Changing clients and signing keys."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from joserfc.jwk import OKPKey
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.assignments.clients import rules, signing
from services.assignments.clients.model import Client, ClientSecret, SigningKey
from services.assignments.units.queries import unit_on
from shared import clock
from shared.contracts.scopes import SCOPES
from shared.errors import BadInput, NotFound
from shared.messaging.outbox import record
from shared.messaging.schema import trusted_keys
from shared.text import nfc

EVERYWHERE = ""
NAME_MAX = 100

_KEY_LOCK = 0x0CA00003


def create_client(
    session: Session, name: str, scopes: Sequence[str], territories: Sequence[str] = ()
) -> tuple[Client, str]:
    """A new client and its secret, which is not kept: show it once. `territories` are unit codes of today; none
    means everywhere. Raises BadInput naming name, scope or territory."""
    name = nfc(name).strip()
    if not 1 <= len(name) <= NAME_MAX or not name.isprintable():
        raise BadInput(f"Give a name of 1 to {NAME_MAX} printable characters.", field="name")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        known = ", ".join(SCOPES)
        raise BadInput(
            f"Unknown scope {', '.join(unknown)}. The scopes are: {known}."
            if unknown
            else f"Name at least one scope of: {known}.",
            field="scope",
        )
    today = clock.today()
    paths = sorted({unit_on(session, code, today, "territory").path for code in territories})
    client = Client.named(name, sorted(set(scopes)), paths or [EVERYWHERE])
    session.add(client)
    return client, add_secret(session, client)


def add_secret(session: Session, client: Client, lifetime: timedelta | None = None) -> str:
    """A further secret of a client, not kept: show it once. To rotate, add one, change the client's configuration,
    then revoke the old one."""
    secret = rules.new_secret()
    expires_at = clock.now() + lifetime if lifetime else None
    session.add(ClientSecret.of(client, secret, expires_at))
    return secret


def revoke_secret(session: Session, secret_id: UUID) -> None:
    """No token is given for this secret any more; raises NotFound."""
    found = session.get(ClientSecret, secret_id)
    if found is None:
        raise NotFound(f"There is no secret {secret_id}.")
    found.revoked_at = found.revoked_at or clock.now()


def revoke_client(session: Session, client_id: UUID) -> None:
    """No token is given to this client any more; those it holds run out in minutes. Raises NotFound."""
    client = session.get(Client, client_id)
    if client is None:
        raise NotFound(f"There is no client {client_id}.")
    client.revoked_at = client.revoked_at or clock.now()


def ensure_signing_key(session: Session, secret_key: str) -> OKPKey:
    """The key that signs tokens now, made and announced if there is none that this secret opens."""
    key = _current_key(session, secret_key)
    if key is None:
        session.execute(select(func.pg_advisory_xact_lock(_KEY_LOCK)))
        key = _current_key(session, secret_key) or _add_key(session, secret_key, clock.now())
    return key


def rotate_signing_key(
    session: Session, secret_key: str, announced_for: timedelta = timedelta(minutes=10)
) -> OKPKey:
    """A new key, that signs once every service has had time to hear of it. The keys before stay trusted until the
    last token signed with them has run out."""
    session.execute(select(func.pg_advisory_xact_lock(_KEY_LOCK)))
    signs_from = clock.now() + announced_for
    # Twice the lifetime: clocks of different machines differ.
    not_after = signs_from + 2 * signing.TOKEN_LIFETIME
    for old in session.scalars(select(SigningKey).where(SigningKey.not_after.is_(None))):
        old.not_after, old.version = not_after, old.version + 1
        _announce(session, old)
    return _add_key(session, secret_key, signs_from)


def _current_key(session: Session, secret_key: str) -> OKPKey | None:
    """The youngest key that may sign now and that this secret opens."""
    now = clock.now()
    lives_on = or_(SigningKey.not_after.is_(None), SigningKey.not_after > now + signing.TOKEN_LIFETIME)
    keys = select(SigningKey.sealed).where(SigningKey.signs_from <= now, lives_on)
    sealed = session.scalars(keys.order_by(SigningKey.signs_from.desc(), SigningKey.kid.desc()))
    return next(filter(None, (signing.unseal(each, secret_key) for each in sealed)), None)


def _add_key(session: Session, secret_key: str, signs_from: datetime) -> OKPKey:
    pair = signing.new_key()
    key = SigningKey(
        kid=pair.kid,
        jwk=pair.as_dict(private=False),
        sealed=signing.seal(pair, secret_key),
        created_at=clock.now(),
        signs_from=signs_from,
        version=1,
    )
    session.add(key)
    _announce(session, key)
    return pair


def _announce(session: Session, key: SigningKey) -> None:
    """Tell the other services, and trust it here: this service verifies tokens as they do."""
    record(session, key.changed())
    row = insert(trusted_keys).values(kid=key.kid, jwk=key.jwk, not_after=key.not_after, version=key.version)
    new = {"not_after": row.excluded.not_after, "version": row.excluded.version}
    session.execute(row.on_conflict_do_update(index_elements=["kid"], set_=new))
