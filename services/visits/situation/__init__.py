"""Situation: how fresh what is known of each commune is, which are silent, who is in contact with them."""
