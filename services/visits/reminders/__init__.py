"""Reminders: telling officials, once, of what is not an escalation."""
