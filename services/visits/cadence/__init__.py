"""Cadence: how often the holders of a post visit, meet, report and are in contact; what is due and overdue."""
