"""Assignments: which official holds which post for which place, from when until when, by which decision."""
