"""Escalations: who was told of an issue and why, and who has seen it."""
