"""Visits: when officials go to the grassroots, why, with whom, and what came of it."""
