"""Real PostgreSQL and Redis from wheels, for a machine that has neither."""
