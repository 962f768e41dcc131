"""Preferences: how and when each official wishes to be told, and what nobody can switch off."""
