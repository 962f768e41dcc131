"""Threads: what province, district, cluster and commune say to one another on an issue, who watches it, what it is
linked to."""
