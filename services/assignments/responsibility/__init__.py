"""Responsibility: who is told of a place's issue on a day at a step, and why. Rules as data, read by posts/."""
