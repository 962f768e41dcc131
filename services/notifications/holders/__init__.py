"""Holders: who holds which post for which place, a projection of what the assignments service knows."""
