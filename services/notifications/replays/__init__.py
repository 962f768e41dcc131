"""Replays: what failed is sent again when somebody says so, and it is kept who, why, and what came of it."""
