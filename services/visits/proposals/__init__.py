"""Proposals: what several officials ask of a higher level together, about one or more issues."""
