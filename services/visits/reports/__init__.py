"""Situation reports: what an official reports of a place, period by period."""
