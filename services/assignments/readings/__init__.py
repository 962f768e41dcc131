"""Readings: which officials a document concerns, and who of them has read it."""
