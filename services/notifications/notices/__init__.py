"""Notices: what one escalation has to say, frozen, and the mail that says it."""
