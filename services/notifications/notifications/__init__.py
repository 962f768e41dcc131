"""Notifications: one row per official and channel; the rows are the truth, tasks only wake-ups."""
