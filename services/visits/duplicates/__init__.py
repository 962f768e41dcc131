"""Duplicates: issues that look like one another, and making one of two."""
