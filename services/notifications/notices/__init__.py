"""Notices: what an escalation or a reminder has to say, frozen, and the mail that says it."""
