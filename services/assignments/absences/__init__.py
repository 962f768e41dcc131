"""Absences of officials: who is away, from when until when, and who stands in."""
