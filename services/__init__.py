"""The services; they never import one another."""
