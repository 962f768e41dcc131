"""The visits service: issues of the grassroots, their escalation, and what became of them."""
