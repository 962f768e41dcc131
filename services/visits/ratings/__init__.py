"""Ratings: each month the commune says how the officials who follow it work with it."""
