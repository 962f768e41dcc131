"""The one door: a reverse proxy before the APIs, the portal and the mailbox."""
