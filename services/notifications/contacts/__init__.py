"""Contacts: how each official can be reached, a projection of what the assignments service knows."""
