"""Reachability: officials whom no mail reaches, as notifications tells, and whom an escalation falls to instead."""
