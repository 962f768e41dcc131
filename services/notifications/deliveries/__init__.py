"""Deliveries: the sender, its SMTP provider, and a record of every attempt."""
