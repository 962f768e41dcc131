"""Reorganisations: which units end and which begin on a day, and what becomes of everything that hangs on them."""
