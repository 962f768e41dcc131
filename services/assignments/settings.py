"""Settings of the assignments service."""

from dataclasses import dataclass

from shared.settings import EnvSettings, http_url, postgres_url, redis_url, secret, setting, whole


@dataclass(frozen=True, kw_only=True)
class Settings(EnvSettings):
    """What the API, the worker and the relay of assignments are started with."""

    database_url: str = setting(
        "CAUNOI_ASSIGNMENTS_DATABASE_URL",
        parse=postgres_url,
        doc="PostgreSQL database of the assignments service: postgresql://user:password@host:port/database",
    )
    redis_url: str = setting(
        "CAUNOI_REDIS_URL", parse=redis_url, doc="Redis that carries wake-ups: redis://host:port/0"
    )
    public_url: str = setting(
        "CAUNOI_PUBLIC_URL", parse=http_url, doc="Where users reach the system: https://caunoi.example"
    )
    secret_key: str = setting(
        "CAUNOI_SECRET_KEY", parse=secret, doc="At least 32 characters; seals the keys that sign access tokens"
    )
    token_rate: int = setting(
        "CAUNOI_TOKEN_RATE", parse=whole, default=120, doc="Token requests allowed a minute, per client and address"
    )
    sign_in_rate: int = setting(
        "CAUNOI_SIGN_IN_RATE",
        parse=whole,
        default=300,
        doc="Requests to sign in, sign out or choose a password allowed a minute, per address",
    )
    oidc_issuer: str | None = setting(
        "CAUNOI_OIDC_ISSUER",
        parse=http_url,
        default=None,
        doc="The OpenID provider officials may sign in with; none: passwords only",
    )
    oidc_client_id: str = setting(
        "CAUNOI_OIDC_CLIENT_ID", default="", doc="What the OpenID provider knows this system as"
    )
    oidc_client_secret: str = setting(
        "CAUNOI_OIDC_CLIENT_SECRET", default="", doc="The secret that goes with CAUNOI_OIDC_CLIENT_ID"
    )
    oidc_claim: str = setting(
        "CAUNOI_OIDC_CLAIM",
        default="email",
        doc="The claim of the ID token that names the account by its address; an e-mail must be verified",
    )
    oidc_name: str = setting("CAUNOI_OIDC_NAME", default="OpenID", doc="What the sign-in page calls the provider")
