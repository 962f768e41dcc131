"""Rotations: assignments that end and start together, one handed over or many moved in one action."""
