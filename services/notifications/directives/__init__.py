"""Directives: policy carried down. Broadcast to the officials of a territory, read, and passed on by each."""
