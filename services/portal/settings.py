"""Settings of the portal."""

from dataclasses import dataclass

from services.portal.client import upstream
from shared.settings import EnvSettings, http_url, setting


@dataclass(frozen=True, kw_only=True)
class Settings(EnvSettings):
    """What the portal is started with."""

    assignments_api_url: str = setting(
        "CAUNOI_ASSIGNMENTS_API_URL", parse=upstream, doc="The assignments API: http://host:port or unix:/path"
    )
    visits_api_url: str = setting(
        "CAUNOI_VISITS_API_URL", parse=upstream, doc="The visits API: http://host:port or unix:/path"
    )
    notifications_api_url: str = setting(
        "CAUNOI_NOTIFICATIONS_API_URL",
        parse=upstream,
        doc="The notifications API: http://host:port or unix:/path",
    )
    public_url: str | None = setting(
        "CAUNOI_PUBLIC_URL",
        parse=http_url,
        default=None,
        doc="Where users reach the system; with https, cookies go over nothing else",
    )
    mailbox_url: str | None = setting(
        "CAUNOI_MAILBOX_URL", parse=upstream, default=None, doc="The built-in mailbox, where it runs"
    )
