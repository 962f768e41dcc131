"""Letters: mail about somebody's own account. Its row, and the link in it, are gone once it is sent."""
