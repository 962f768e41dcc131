"""Demonstration data for Bến Tre: invented people in real places."""
