"""Reviews: assignments looked at one by one, kept, changed or ended, and the outcome applied together."""
