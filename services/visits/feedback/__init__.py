"""Feedback (góp ý): what an official tells a commune to do, and what became of it."""
