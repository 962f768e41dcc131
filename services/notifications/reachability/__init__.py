"""Reachability: mail that came back, addresses that take none, officials nobody can reach."""
