"""Who is away, as assignments tells it: what the cadence asks of whom meanwhile."""
