"""The log: who was told of what, over which provider, with which answer, and what came of it."""
