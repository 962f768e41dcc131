"""Mechanism that at least two services need; it names no official, issue or visit (contracts excepted)."""
