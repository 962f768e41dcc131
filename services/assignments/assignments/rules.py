"""Assignments without a database: which place a post is held for."""

CLUSTER = "cluster"
HAMLET = "hamlet"


def place_field(attached_to: str) -> str:
    """The field of the input that names the place of such a post: unit, cluster or hamlet."""
    return attached_to if attached_to in (CLUSTER, HAMLET) else "unit"
