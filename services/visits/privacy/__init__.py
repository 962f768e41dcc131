"""Privacy: who reported is read one by one with a reason, every read is noted, and it is erased on a schedule."""
