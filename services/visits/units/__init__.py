"""Units and hamlets: a projection of what the assignments service says of places."""
