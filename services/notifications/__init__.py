"""The notifications service: who has to be told of what, over which channel, and whether they saw it."""
