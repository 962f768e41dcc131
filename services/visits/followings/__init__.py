"""Followings: who follows which place (a projection of assignments), and what they did there."""
