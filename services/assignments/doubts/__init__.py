"""Doubts: an official told of an escalation said that it is not theirs, so an assignment may be wrong."""
