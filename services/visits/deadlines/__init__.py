"""Deadlines: by when an issue must be answered, accepted and settled; timers are rows."""
