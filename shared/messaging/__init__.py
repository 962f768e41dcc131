"""Outbox, relay, inbox, receipts and dead letters: messages are wake-ups, rows are the truth."""
