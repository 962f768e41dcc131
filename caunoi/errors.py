"""The failure this package reports."""


class StartError(Exception):
    """The system, or a command that needs it, cannot start; the message says why and what to do."""
